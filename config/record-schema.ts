import { z } from "zod";

const LABEL = "[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?";
const name = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^(${LABEL}\\.)+[a-z]{2,}$`),
    "a full name of small letters, digits, hyphens and underscores, no wildcard",
  );

/** A target may be written with or without the last dot; `.` says that there is none. */
const HOST = `(${LABEL}\\.)+[a-z]{2,}\\.?`;
/** A number of 16 bits. */
const NUMBER = "(6553[0-5]|655[0-2]\\d|65[0-4]\\d{2}|6[0-4]\\d{3}|[1-5]\\d{4}|[1-9]\\d{0,3}|0)";
/** What a record holds at the most, 65,535 bytes, less one byte for each text of 255 (RFC 1035, section 3.3). */
const LONGEST_TEXT = 65_279;

const TYPES = ["A", "AAAA", "CNAME", "MX", "TXT", "CAA", "SRV"] as const;
type RecordType = (typeof TYPES)[number];

/** What is written as `value`, by type. */
const VALUES: Readonly<Record<RecordType, { readonly rule: string; readonly fits: (value: string) => boolean }>> = {
  A: { rule: "an IPv4 address", fits: (value) => z.ipv4().safeParse(value).success },
  AAAA: { rule: "an IPv6 address", fits: (value) => z.ipv6().safeParse(value).success },
  CNAME: { rule: "a host name", fits: pattern(HOST) },
  MX: {
    rule: 'a preference and a mail server, such as "10 mail.example.org"',
    fits: pattern(`${NUMBER} (${HOST}|\\.)`),
  },
  TXT: {
    rule: `a text of ${LONGEST_TEXT} plain (ASCII) characters at the most, without quotes around it`,
    fits: (value) => /^[\x20-\x7e]*$/.test(value) && value.length <= LONGEST_TEXT,
  },
  CAA: {
    rule: 'flags, a tag and a quoted value, such as 0 issue "letsencrypt.org"',
    fits: pattern('(0|128) (issue|issuewild|iodef) "[^"\\\\\\s]*"'),
  },
  SRV: {
    rule: 'priority, weight, port and a host, such as "10 5 5060 sip.example.org"',
    fits: pattern(`${NUMBER} ${NUMBER} ${NUMBER} (${HOST}|\\.)`),
  },
};

function pattern(text: string): (value: string) => boolean {
  const whole = new RegExp(`^${text}$`);
  return (value) => whole.test(value);
}

/** A record of the public zone that belongs to something else than the platform's services, such as mail. */
export const recordSchema = z
  .strictObject({
    name,
    type: z.enum(TYPES),
    value: z.string(),
    /** RFC 2181, section 8: 31 bits. */
    ttlSeconds: z.int().min(0).max(2_147_483_647).default(3600),
  })
  .check(({ value: record, issues }) => {
    const { rule, fits } = VALUES[record.type];
    if (!fits(record.value)) issues.push({ code: "custom", message: rule, path: ["value"], input: record.value });
  });

export type RecordConfig = z.infer<typeof recordSchema>;
