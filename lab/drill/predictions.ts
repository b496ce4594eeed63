import { analyse } from "../../resilience/analyse/index.ts";
import { parseFault } from "../../resilience/faults/parse.ts";
import type { Judgement } from "../../planner/judge.ts";
import { PLANNED_SWITCHOVER } from "../../resilience/analyse/switchover.ts";
import type { Predicting } from "../result/prediction.ts";

/** What the analysis says of a fault: from the outcomes, or asked now; undefined where it knows no such fault. */
export function outcomeOf({ outcomes, system, switchover }: Judgement, fault: string): Predicting | undefined {
  if (fault === PLANNED_SWITCHOVER) return switchover ?? undefined;
  const found = outcomes.find((outcome) => outcome.fault === fault);
  if (found !== undefined) return found;
  try {
    return analyse(system, parseFault(fault, system));
  } catch (error) {
    // A fault that the system can't have, or one that no word of the analysis describes.
    if (error instanceof Error && error.name === "InputError") return undefined;
    throw error;
  }
}
