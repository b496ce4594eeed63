import type { OutcomesDocument } from "./document.ts";

type Policies = OutcomesDocument["policies"];
export type Finding = NonNullable<Policies>["findings"][number];

/** Violations of the policies that came or went. */
export interface PolicyChanges {
  readonly violated: readonly Finding[];
  readonly mended: readonly Finding[];
}

/** `null` where one of the two sides was not judged by policies. */
export function policyChanges(before: Policies, after: Policies): PolicyChanges | null {
  if (!before || !after) return null;
  const identity = ({ policy, level, stack, urn, message }: Finding): string =>
    JSON.stringify([policy, level, stack, urn, message]);
  const old = new Set(before.findings.map(identity));
  const now = new Set(after.findings.map(identity));
  return {
    violated: after.findings.filter((finding) => !old.has(identity(finding))),
    mended: before.findings.filter((finding) => !now.has(identity(finding))),
  };
}
