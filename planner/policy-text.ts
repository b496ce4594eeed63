import type { PolicyFinding, PolicyReport } from "./policy-report.ts";
import { paint } from "./terminal.ts";

/** What the policies say, on the terminal: violations under their policy with what to do, then what is not known yet. */
export function policyText({ policies, findings, pending }: PolicyReport): string {
  const violated = policies.filter(({ name }) => findings.some(({ policy }) => policy === name));
  const disabled = policies.filter(({ level }) => level === "disabled").map(({ name }) => name);
  const judged = policies.length - disabled.length;
  return [
    `${judged - violated.length} of ${judged} policies are kept.`,
    ...(disabled.length > 0 ? [`Disabled: ${disabled.join(", ")}.`] : []),
    ...violated.map((policy) => {
      const own = findings.filter((finding) => finding.policy === policy.name);
      const mandatory = own.some(({ level }) => level === "mandatory");
      const head = `${paint(mandatory ? "red" : "yellow", `${policy.name} (${policy.level})`)}  ${policy.what} [${policy.ids.join(", ")}]`;
      return [head, ...own.map(findingLine), `    fix: ${policy.fix}`].join("\n");
    }),
    ...(pending.length > 0 ? [["Not known before an up:", ...pending.map((text) => `    ${text}`)].join("\n")] : []),
  ].join("\n");
}

function findingLine({ stack, urn, message }: PolicyFinding): string {
  const where = urn ?? (stack === null ? "all sites" : `stack ${stack}`);
  return `    ${message}\n      at ${where}`;
}

/** Names of the mandatory policies that are violated. */
export function violatedPolicies({ findings }: PolicyReport): readonly string[] {
  return [...new Set(findings.flatMap(({ policy, level }) => (level === "mandatory" ? [policy] : [])))];
}
