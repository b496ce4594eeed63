import type { SharedKeys } from "./context.ts";

const HOURS_PER_YEAR = 8766;

/**
 * Ten years, as the authorities live that kubeadm makes (1.33); an `up` in the last two years renews it, so that no
 * certificate that it signs (two years, {@link LEAF_VALIDITY}) outlives it.
 */
export const CA_VALIDITY = { validityPeriodHours: 10 * HOURS_PER_YEAR, earlyRenewalHours: 2 * HOURS_PER_YEAR } as const;

/** Two years, renewed by any `up` in the second one: one `up` a year is enough to never let a certificate run out. */
export const LEAF_VALIDITY = { validityPeriodHours: 2 * HOURS_PER_YEAR, earlyRenewalHours: HOURS_PER_YEAR } as const;

/** 62 characters to choose from: 190 bits. */
export const PASSWORD_LENGTH = 32;
/** MongoDB takes key files of 6 to 1024 base64 characters (7.0); 756 bytes are 1008 of them, without padding. */
export const MONGO_KEY_BYTES = 756;
/** The length of HMAC-SHA256's output, the least that RFC 2104 (section 3) recommends for its key. */
export const TSIG_KEY_BYTES = 32;

export const KEY_NAMES = [
  "caCertificate",
  "caKey",
  "postgresPassword",
  "mongoPassword",
  "mongoBackupPassword",
  "mongoKey",
  "tsigSecret",
  "backupPassword",
] as const satisfies readonly (keyof SharedKeys)[];

export type PlainKeys = Readonly<Record<keyof SharedKeys, string>>;

/**
 * Checks the value of the stack output `keys`.
 *
 * @throws Error naming every key that is missing or is not text; never a value
 */
export function keysFrom(value: unknown): PlainKeys {
  const entries = new Map<string, unknown>(typeof value === "object" && value !== null ? Object.entries(value) : []);
  const missing = KEY_NAMES.filter((name) => typeof entries.get(name) !== "string" || entries.get(name) === "");
  if (missing.length > 0) {
    throw new Error(
      `the keyring site's stack output "keys" lacks ${missing.join(", ")}; run \`pulumi up\` in that site's stack first`,
    );
  }
  const text = (name: keyof SharedKeys): string => String(entries.get(name));
  return {
    caCertificate: text("caCertificate"),
    caKey: text("caKey"),
    postgresPassword: text("postgresPassword"),
    mongoPassword: text("mongoPassword"),
    mongoBackupPassword: text("mongoBackupPassword"),
    mongoKey: text("mongoKey"),
    tsigSecret: text("tsigSecret"),
    backupPassword: text("backupPassword"),
  };
}
