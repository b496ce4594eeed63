import type { Drill as Fault } from "../faults/drill.ts";
import type { Predicting } from "../result/prediction.ts";
import { predictionOf } from "../result/prediction.ts";
import type { Drill, DrillLosses, Figure, PredictedStage, Run, Timeline } from "../result/schema.ts";
import type { PlannedDrill } from "../result/text.ts";
import { timelineOf } from "../result/timeline.ts";
import { drillVerdict } from "../result/verdict.ts";
import { checkRun } from "./evidence.ts";
import type { Counted, Former } from "./evidence.ts";
import { STAGES_BEHIND, STAGE_NOTICED, lastSentToDead, measure } from "./figures.ts";
import type { RunFigure } from "./figures.ts";
import { stagesOf } from "./marks.ts";
import type { Mark } from "./marks.ts";
import { LAST_STAGE, slowestSite, stageFigures } from "./stages.ts";
import { bySite } from "./observation.ts";
import type { Observation } from "./observation.ts";
import { outages } from "./outage.ts";
import type { StatedLosses } from "./predictions.ts";
import type { RunResult } from "./run.ts";

/** One run, judged. */
export interface JudgedRun {
  readonly run: Run;
  readonly figures: readonly RunFigure[];
  readonly stages: readonly RunFigure[];
  readonly notes: readonly string[];
  readonly timeline: Timeline;
  readonly losses: readonly DrillLosses[];
  /** Ids of what was acknowledged and is lost. */
  readonly lost: readonly string[];
}

export interface JudgeSettings {
  readonly outcome: Predicting | undefined;
  /** What may be lost, where it is not what the outcome says. */
  readonly stated?: StatedLosses | undefined;
  readonly former: Former;
  /** The site that takes the writes. */
  readonly authority: string;
  readonly bodyBytes: number;
}

/** Holds a run against its prediction, and what the stores hold against what the clients saw. */
export function judgeRun(drill: Fault, result: RunResult, settings: JudgeSettings): JudgedRun {
  const { outcome, stated, former, authority, bodyBytes } = settings;
  const { observation, entries, stores, unhealed } = result;
  const { faultAt, beganAt, healedAt, endedAt } = observation;
  const measured = measure(drill, outcome, observation);
  const predicted = outcome === undefined ? null : predictionOf(outcome);
  const prediction = predicted === null || stated === undefined ? predicted : { ...predicted, dataLoss: stated.losses };
  const checked = checkRun(entries, stores, former, { authority, bodyBytes, faultAt, prediction });
  const { site, stages } = slowestSite(outcome ?? { sites: [] }, authority);
  const served = drill.dead === undefined ? connected(drill, observation, site) : ledAway(drill, observation, stages);
  const marks = [...result.marks, ...served];
  const problems = [
    ...measured.problems,
    ...checked.problems,
    ...(unhealed.length > 0 ? [`not well again after the healing: ${unhealed.join("; ")}`] : []),
  ];
  const notes = [
    ...measured.notes,
    ...(stated?.notes ?? []),
    ...checked.unchecked,
    ...checked.staleness
      .filter(({ worst }) => worst > 0)
      .map(
        ({ server, worst, stale, reads }) => `${server}: ${stale} of ${reads} answers up to ${worst.toFixed(1)} s old`,
      ),
  ];
  const timeline = timelineOf(bySite(observation), {
    faultAt,
    from: beganAt,
    to: endedAt,
    marks: [
      { at: faultAt, text: "fault" },
      ...(healedAt < endedAt ? [{ at: healedAt, text: "healed" }] : []),
      ...marks.map(({ name, at }) => ({ at, text: name })),
    ],
  });
  const run = { at: new Date(faultAt).toISOString(), stages: [...stagesOf(marks, faultAt)], problems };
  const seen = [...stageFigures(stages, marks, faultAt), ...besides(outcome, result)];
  const losses = checked.losses.map(lossesOf);
  const lost = checked.losses.flatMap((one) => one.lost.map(({ id }) => id));
  return { run, figures: measured.figures, stages: seen, notes, timeline, losses, lost };
}

/** What a copy goes through while nobody waits for it: it notices the cut, and after the healing it finds its source again. */
function besides(outcome: Predicting | undefined, { marks, again, observation }: RunResult): readonly RunFigure[] {
  const of = (names: readonly string[]) => outcome?.recovery.stages.filter(({ name }) => names.includes(name)) ?? [];
  return [
    ...stageFigures(of([STAGE_NOTICED]), marks, observation.faultAt),
    ...stageFigures(of(STAGES_BEHIND), again, observation.healedAt),
  ];
}

const lossesOf = ({ of, predicted, acknowledged, lost, worstAge }: Counted): DrillLosses => ({
  of,
  predicted: Number.isFinite(predicted) ? predicted : null,
  looked: acknowledged,
  lost: lost.length,
  oldest: lost.length > 0 ? Math.max(0, Math.round(worstAge * 10) / 10) : 0,
});

/** Of all runs: each one looks for what the former ones wrote too, and tells what is lost once. */
function mergeLosses(runs: readonly (readonly DrillLosses[])[]): DrillLosses[] {
  const merged = new Map<string, DrillLosses>();
  for (const one of runs.flat()) {
    const known = merged.get(one.of);
    merged.set(one.of, {
      ...one,
      looked: Math.max(one.looked, known?.looked ?? 0),
      lost: one.lost + (known?.lost ?? 0),
      oldest: Math.max(one.oldest, known?.oldest ?? 0),
    });
  }
  return [...merged.values()];
}

/** When writes were answered again at a site, after the longest time in which none was. */
function connected({ hold }: Fault, observation: Observation, site: string): readonly Mark[] {
  if (hold !== "recovery") return [];
  const { faultAt, endedAt } = observation;
  const writes = bySite(observation).filter(({ group }) => group.site === site && group.operation === "write");
  return outages(writes, { from: faultAt, to: endedAt })
    .filter(({ longest, resolution, recovered }) => recovered && longest > 2 * resolution)
    .map(({ from, longest, resolution }) => ({ name: LAST_STAGE, at: from + longest * 1000, resolution }))
    .sort((a, b) => b.at - a.at)
    .slice(0, 1);
}

/** When no client that asks the DNS was sent to the dead site any more: the end of the last stage, whatever it is. */
function ledAway(drill: Fault, observation: Observation, stages: readonly PredictedStage[]): readonly Mark[] {
  const last = stages.at(-1);
  const { seconds, resolution } = lastSentToDead(drill, observation);
  if (last === undefined || seconds === null) return [];
  return [{ name: last.name, at: observation.faultAt + seconds * 1000, resolution }];
}

/** A drill of all its runs; without one it was not measured. @param why it was not, or what else is to be said of it */
export function judgeDrill(
  { id, title, fault }: PlannedDrill,
  outcome: Predicting | undefined,
  runs: readonly JudgedRun[],
  why: readonly string[],
): Drill {
  const figures = mergeFigures(runs.map((one) => one.figures));
  const stages = mergeFigures(runs.map((one) => one.stages));
  const problems = runs.flatMap(({ run }) => run.problems);
  const last = runs.at(-1);
  return {
    id,
    title,
    fault,
    prediction: outcome === undefined ? null : predictionOf(outcome),
    figures,
    stages,
    runs: runs.map(({ run }) => run),
    ...(runs.length === 0 ? {} : { losses: mergeLosses(runs.map(({ losses }) => losses)) }),
    verdict: runs.length === 0 ? "not measured" : drillVerdict([...figures, ...stages], problems),
    notes: [...new Set([...why, ...runs.flatMap(({ notes }) => notes)])],
    ...(last === undefined ? {} : { timeline: last.timeline }),
  };
}

/** The figures of several runs, each with the seconds of all runs that measured it. */
export function mergeFigures(runs: readonly (readonly RunFigure[])[]): Figure[] {
  const merged = new Map<string, Figure>();
  for (const { seconds, ...rest } of runs.flat()) {
    const known = merged.get(rest.what);
    merged.set(rest.what, {
      ...rest,
      resolution: Math.max(rest.resolution, known?.resolution ?? 0),
      runs: [...(known?.runs ?? []), seconds],
    });
  }
  return [...merged.values()];
}
