import { costOf } from "../resilience/cost/index.ts";
import type { Cost } from "../resilience/cost/cost.ts";
import { analyseAll, judgeClaims, normalCapacity } from "../resilience/analyse/index.ts";
import { plannedSwitchover } from "../resilience/analyse/switchover.ts";
import type { Switchover } from "../resilience/analyse/switchover.ts";
import { observe } from "../resilience/observe/index.ts";
import type { CapacityOutcome, ClaimVerdict, Outcome } from "../resilience/outcome.ts";
import type { StackResources } from "../resilience/resource.ts";
import type { System } from "../resilience/system.ts";
import { isKept, summarisePromises } from "../resilience/verdicts.ts";
import type { PromiseSummary } from "../resilience/verdicts.ts";

/** What the analysis says of some stacks that belong together. */
export interface Judgement {
  readonly system: System;
  readonly outcomes: readonly Outcome[];
  readonly claims: readonly ClaimVerdict[];
  readonly promises: readonly PromiseSummary[];
  /** Load and capacity while nothing is wrong. */
  readonly normal: readonly CapacityOutcome[];
  /** What it costs per month, as far as prices are known [R6]. */
  readonly cost: Cost;
  readonly kept: boolean;
  /** What happens when the active site hands over as planned; null where none can take over. */
  readonly switchover: Switchover | null;
}

export function judge(stacks: readonly StackResources[]): Judgement {
  const system = observe(stacks);
  const outcomes = analyseAll(system);
  const claims = judgeClaims(system);
  const promises = summarisePromises(outcomes, claims);
  return {
    system,
    outcomes,
    claims,
    promises,
    normal: normalCapacity(system),
    cost: costOf(stacks, system),
    kept: isKept(promises, claims),
    switchover: plannedSwitchover(system) ?? null,
  };
}
