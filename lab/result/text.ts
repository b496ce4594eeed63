import { formatSeconds } from "../../topologies/units.ts";
import type { Drill, DrillLosses, DrillSession, Figure, Predicted } from "./schema.ts";
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

/** What a session's clients asked for and got, beside its faults; a peak is told with its own drill. */
export function loadText({ asked, attempted, inTime, answered, succeeded }: DrillSession["load"]): string {
  if (attempted === 0) return "no usual load: what its drill asked for stands with it";
  return `load ${asked} requests/s asked, ${attempted} attempted, ${inTime} sent in time, ${answered} answered, ${succeeded} answered well`;
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
  const figures = drill.figures.map((figure) => ({
    ...base,
    what: figure.what,
    predicted: predictedText(figure.predicted),
    measured: measuredText(figure),
    verdict: worseByProblems(drill, figureVerdict(figure)),
  }));
  const { losses = [] } = drill;
  if (losses.length === 0) return figures;
  const lost = {
    what: "acknowledged writes that are lost",
    predicted: told(losses, ({ predicted }) => statedText(predicted)),
    measured: losses.some((one) => one.lost > 0)
      ? told(losses, lostText)
      : `none of ${losses.reduce((sum, { looked }) => sum + looked, 0)}`,
    verdict: worseByProblems(drill, "as predicted"),
  };
  return [...figures, { ...base, ...lost }];
}

/** Once for all, or for each. */
function told(losses: readonly DrillLosses[], text: (one: DrillLosses) => string): string {
  const [first = "", ...others] = losses.map(text);
  return others.every((one) => one === first) ? first : losses.map((one) => `${one.of} ${text(one)}`).join("; ");
}

const statedText = (seconds: number | null): string =>
  seconds === 0 ? "none" : seconds === null ? "no bound" : `of the last ${formatSeconds(seconds)}`;

const lostText = ({ looked, lost, oldest }: DrillLosses): string =>
  lost === 0 ? `none of ${looked}` : `${lost} of ${looked}, of the last ${formatSeconds(oldest)}`;

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
