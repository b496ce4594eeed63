import type { RecordConfig } from "../config/record-schema.ts";

/** Bytes of one text; a longer value is several (RFC 1035, section 3.3). */
const LONGEST_TEXT = 255;

/** One record of the config as a line of the zone file. */
export function recordLine({ name, type, value, ttlSeconds }: RecordConfig): string {
  return `${name}. ${ttlSeconds} IN ${type} ${content(type, value)}`;
}

function content(type: RecordConfig["type"], value: string): string {
  switch (type) {
    case "A":
    case "AAAA":
    case "CAA":
      return value;
    case "CNAME":
    case "MX":
    case "SRV":
      // Without the last dot the target would be taken for a name within the zone.
      return value.endsWith(".") ? value : `${value}.`;
    case "TXT":
      return textsOf(value)
        .map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`)
        .join(" ");
    default: {
      const never: never = type;
      throw new Error(`record type ${String(never)}`);
    }
  }
}

/** The texts that one value is made of. */
export function textsOf(value: string): readonly string[] {
  const count = Math.max(1, Math.ceil(value.length / LONGEST_TEXT));
  return Array.from({ length: count }, (_, index) => value.slice(index * LONGEST_TEXT, (index + 1) * LONGEST_TEXT));
}
