import type { Finding, Rule } from "./rule.ts";

/** Before the remediation at a message's end. */
export const FIX = "\nfix: ";

/** What is wrong, and what comes of it. */
export function explained({ message }: Finding, { why }: Pick<Rule, "why">): string {
  return `${/[.!?]$/.test(message) ? message : `${message}.`} ${why}`;
}
