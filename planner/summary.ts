import { costText } from "./cost-text.ts";
import type { Judgement } from "./judge.ts";
import type { Origin } from "./outcomes-file.ts";
import { policyText, violatedPolicies } from "./policy-text.ts";
import type { PolicyReport } from "./policy-report.ts";
import type { Answer } from "./questions/answer.ts";
import { capacityTable, claimLines, failureTable, paint, promiseLines, table } from "./terminal.ts";
import { failureRows } from "./view.ts";

/**
 * What is said of one topology, or of some files, on the terminal.
 *
 * @param now the reader's date, by which a price table may be old
 */
export function judgementText(
  title: string,
  { stacks }: Origin,
  { outcomes, claims, promises, normal, system, cost, kept }: Judgement,
  answers: readonly Answer[],
  policies: PolicyReport,
  now = new Date(),
): string {
  const notes = stacks.flatMap(({ notes: ofStack }) => ofStack);
  const parts: readonly (readonly [string, string])[] = [
    ["Faults", failureTable(failureRows(outcomes))],
    ["Claims of the document", claimLines(claims)],
    ["Promises over all faults", promiseLines(promises, outcomes.length)],
    ["Capacity while all is well", capacityTable(normal)],
    ["Policies", policyText(policies)],
    ["Cost per month", costText(cost, now)],
    ["Questions of the document", answers.map(answerText).join("\n")],
    ["Could not be read", system.unread.map(({ urn, why }) => `${why} (${urn})`).join("\n")],
    ["Notes", notes.join("\n")],
  ];
  const shown = parts.filter(([, text]) => text !== "").map(([name, text]) => `${paint("bold", name)}\n${text}`);
  return [paint("bold", title), ...shown, verdictLine(kept, promises, claims, policies)].join("\n\n");
}

function answerText({ id, question, sentences, table: figures }: Answer): string {
  const lines = [...sentences, ...(figures ? table(figures.head, figures.rows).split("\n") : [])];
  return [`${id}  ${question}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

function verdictLine(
  kept: boolean,
  promises: Judgement["promises"],
  claims: Judgement["claims"],
  policies: PolicyReport,
): string {
  if (kept && policies.kept) return paint("green", "Every promise and every mandatory policy is kept.");
  const violated = violatedPolicies(policies);
  const broken = promises
    .filter(({ verdict }) => verdict === "broken" || verdict === "unknown")
    .map(({ id, verdict }) => (verdict === "broken" ? id : `${id} (unknown)`));
  const refuted = claims
    .filter(({ verdict }) => verdict === "refuted" || verdict === "unknown")
    .map(({ claim, verdict }) => (verdict === "refuted" ? claim.id : `${claim.id} (unknown)`));
  const parts = [
    ...(broken.length > 0 ? [`promises broken: ${broken.join(", ")}`] : []),
    ...(refuted.length > 0 ? [`claims refuted: ${refuted.join(", ")}`] : []),
    ...(violated.length > 0 ? [`policies violated: ${violated.join(", ")}`] : []),
  ];
  return paint("red", `${parts.join("; ")}.`);
}
