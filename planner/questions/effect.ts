import type { Outcome } from "../../resilience/outcome.ts";
import { dataLossText, recoveryText } from "../view.ts";

export const NO_SUCH_FAULT = "no such fault";

/** What a fault does to a site's clients, in a cell of a table: `full/read-only, by hand, lost: 1 d of uploads`. */
export function effect(outcomes: readonly Outcome[], fault: string, site: string): string {
  const outcome = outcomes.find((candidate) => candidate.fault === fault);
  const there = outcome?.sites.find((candidate) => candidate.site === site);
  if (!outcome || !there) return NO_SUCH_FAULT;
  const lost = dataLossText(outcome.dataLoss);
  return `${there.reads}/${there.writes}, ${recoveryText(outcome.recovery)}${lost === "none" ? "" : `, lost: ${lost}`}`;
}
