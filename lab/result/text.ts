import { formatSeconds } from "../../topologies/units.ts";
import type { Drill, Figure, Predicted } from "./schema.ts";
import { figureVerdict, spreadOf } from "./verdict.ts";
import type { DrillVerdict } from "./verdict.ts";

export function predictedText(predicted: Predicted): string {
  switch (predicted.kind) {
    case "bounded":
      return predicted.seconds === 0 ? "unnoticed" : `at most ${formatSeconds(predicted.seconds)}`;
    case "by hand":
      return "not without a person";
    case "unknown":
      return "unknown";
    default: {
      const never: never = predicted;
      throw new Error(`no words for ${JSON.stringify(never)}`);
    }
  }
}

/** `5.8 s, at worst 7.9 s (3 runs)`. */
export function measuredText({ runs }: Pick<Figure, "runs">): string {
  const spread = spreadOf(runs);
  if (spread.runs === 0) return "not measured";
  const time = (value: number | null): string => (value === null ? "not back" : formatSeconds(value));
  if (spread.runs === 1) return `${time(spread.worst)} (1 run)`;
  return `${time(spread.median)}, at worst ${time(spread.worst)} (${spread.runs} runs)`;
}

/** A drill that is planned, whether it was run or not. */
export interface PlannedDrill extends Pick<Drill, "id" | "title" | "fault"> {
  /** Why it can't be run, where somebody would wonder. */
  readonly reason?: string;
}

/** Cells of a table, one row for each figure; a drill that was not run has one row that says so. */
export interface DrillRow {
  readonly id: string;
  readonly title: string;
  readonly fault: string;
  readonly what: string;
  readonly predicted: string;
  readonly measured: string;
  readonly verdict: DrillVerdict;
}

export function drillRows(planned: PlannedDrill, drill: Drill | undefined): readonly DrillRow[] {
  const { id, title, fault } = planned;
  const base = { id, title, fault };
  if (!drill || drill.figures.length === 0) {
    const verdict = drill?.verdict ?? "not measured";
    return [
      { ...base, what: drill?.notes[0] ?? planned.reason ?? "", predicted: "", measured: "not measured", verdict },
    ];
  }
  return drill.figures.map((figure) => ({
    ...base,
    what: figure.what,
    predicted: predictedText(figure.predicted),
    measured: measuredText(figure),
    verdict: worseByProblems(drill, figureVerdict(figure)),
  }));
}

/** One row for each stage that was seen. */
export const stageRows = ({ id, title, fault, stages }: Drill): readonly DrillRow[] =>
  stages.map((figure) => ({
    ...{ id, title, fault },
    what: `${figure.what} (${figure.governed ? "settings" : "built in"}, seen to ${figure.resolution} s)`,
    predicted: predictedText(figure.predicted),
    measured: measuredText(figure),
    verdict: figureVerdict(figure),
  }));

/** What the checker found concerns the drill as a whole; no line of it may then look kept. */
function worseByProblems({ runs }: Drill, verdict: DrillVerdict): DrillVerdict {
  return runs.some(({ problems }) => problems.length > 0) ? "worse than predicted" : verdict;
}
