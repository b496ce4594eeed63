import { backupAge } from "../../resilience/analyse/backup-age.ts";
import { analyse } from "../../resilience/analyse/index.ts";
import { parseFault } from "../../resilience/faults/parse.ts";
import type { Judgement } from "../../planner/judge.ts";
import { PLANNED_SWITCHOVER } from "../../resilience/analyse/switchover.ts";
import type { Restores } from "../faults/drill.ts";
import type { Predicting } from "../result/prediction.ts";
import type { Prediction } from "../result/schema.ts";

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

/** What may be lost in a drill, and where that was read. */
export interface StatedLosses {
  readonly losses: Prediction["dataLoss"];
  readonly notes: readonly string[];
}

/**
 * What a fault may lose where a person brings some of it back from a site's backups, though the analysis may know of
 * something better: a loss that is stated for that would be no measure.
 */
export function lossesWith(
  { system }: Judgement,
  { fault, dataLoss }: Predicting,
  { from, subjects }: Restores,
): StatedLosses {
  const notes: string[] = [];
  const losses = dataLoss.map(({ subject, seconds, kind }): Prediction["dataLoss"][number] => {
    if (kind === "none" || !subjects.some((one) => subject === one || subject.startsWith(`${one}:`)))
      return { subject, seconds, kind };
    const age = backupAge(system, parseFault(fault, system), subject, from);
    if (age === undefined) return { subject, seconds: null, kind: "everything" };
    const bound = age.seconds === null ? "of which nothing bounds the age" : `at most ${age.seconds} s old`;
    notes.push(`${subject} is brought back from ${age.from}, ${bound}`);
    return { subject, seconds: age.seconds, kind: age.seconds === null ? "unknown" : "bounded" };
  });
  return { losses, notes };
}
