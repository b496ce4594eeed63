import type { Level } from "../policies/rule.ts";

/** One violation, as the pack's process or the platform's rules report it. */
export interface PolicyFinding {
  readonly policy: string;
  readonly level: Level;
  /** The stack; `null` for a rule over all sites. */
  readonly stack: string | null;
  readonly urn: string | null;
  readonly message: string;
}

export interface PolicyInfo {
  readonly name: string;
  readonly level: Level | "disabled";
  readonly what: string;
  readonly ids: readonly string[];
  readonly fix: string;
  /** `platform`: judged over all sites, in addition to the pack. */
  readonly kind: "resource" | "stack" | "platform";
}

/** What all policies say of some stacks that belong together. */
export interface PolicyReport {
  readonly policies: readonly PolicyInfo[];
  readonly findings: readonly PolicyFinding[];
  /** What could not be judged before an `up`. */
  readonly pending: readonly string[];
  /** False if a mandatory policy is violated. */
  readonly kept: boolean;
}
