import type { Topology } from "../topologies/types.ts";
import type { Judgement } from "./judge.ts";
import type { PolicyReport } from "./policy-report.ts";
import type { Answer } from "./questions/answer.ts";

/** Version of the format; docs/outcomes.schema.json describes it. */
export const OUTCOMES_VERSION = 1;

export interface Origin {
  /** Null when the stacks came from files: nothing in them names a topology for certain. */
  readonly topology: Pick<Topology, "name" | "title" | "system"> | null;
  readonly stacks: readonly { readonly stack: string; readonly origin: string; readonly notes: readonly string[] }[];
}

/**
 * The content of outcomes.json: what becomes of the platform, fault by fault.
 *
 * @param policies null where no policy was asked
 */
export function outcomesFile(
  { topology, stacks }: Origin,
  { outcomes, claims, promises, normal, cost, kept, system, switchover }: Judgement,
  answers: readonly Answer[],
  policies: PolicyReport | null = null,
): Record<string, unknown> {
  return {
    version: OUTCOMES_VERSION,
    topology: topology && { name: topology.name, title: topology.title, system: topology.system },
    stacks,
    kept,
    promises,
    claims,
    normal: { capacity: normal },
    cost,
    outcomes,
    switchover,
    policies,
    answers,
    unread: system.unread,
  };
}
