import { isGoverned } from "../result/prediction.ts";
import type { Predicting } from "../result/prediction.ts";
import type { PredictedStage } from "../result/schema.ts";
import type { RunFigure } from "./figures.ts";
import type { Mark, Marks } from "./marks.ts";

/** The site whose clients wait longest for their recovery, and the stages that they wait for. */
export function slowestSite(
  { sites }: Pick<Predicting, "sites">,
  authority: string,
): { readonly site: string; readonly stages: readonly PredictedStage[] } {
  const waits = ({ transition }: Predicting["sites"][number]): number => transition.seconds ?? Infinity;
  // Of several that wait equally long, the one that takes the writes tells most.
  const [slowest] = [...sites].sort(
    (a, b) => waits(b) - waits(a) || Number(b.site === authority) - Number(a.site === authority),
  );
  return { site: slowest?.site ?? authority, stages: slowest?.transition.stages ?? [] };
}

/** The last stage: clients are served. It ends the chain, whatever came before it under the same name. */
export const LAST_STAGE = "connected";

/**
 * The stages of a recovery as one run saw them, each from the end of the one before it, or from the fault. A stage whose end
 * nobody saw is measured together with the next one that was seen, and held against the sum of both.
 *
 * @param stages as they were predicted, one after the other
 * @param marks what was seen; several of one name come in the order of the stages of that name
 */
export function stageFigures(stages: readonly PredictedStage[], marks: Marks, faultAt: number): readonly RunFigure[] {
  const ends = endsOf(stages, marks);
  const figures: RunFigure[] = [];
  let begin: Pick<Mark, "at" | "resolution"> = { at: faultAt, resolution: 0 };
  let open: PredictedStage[] = [];
  const names = namesOf(stages);
  for (const [index, stage] of stages.entries()) {
    open.push({ ...stage, name: names[index] ?? stage.name });
    const end = ends.get(index);
    if (end === undefined) continue;
    figures.push({
      what: open.map(({ name }) => name).join(" + "),
      predicted: {
        kind: "bounded",
        seconds: round(open.reduce((sum, { seconds }) => sum + seconds, 0)),
        from: open.map(({ from }) => from).join("; "),
      },
      governed: isGoverned(open),
      resolution: round(begin.resolution + end.resolution),
      seconds: round(Math.max(0, end.at - begin.at) / 1000),
    });
    if (end.at >= begin.at) begin = end;
    open = [];
  }
  return figures;
}

/** The stages' names; where one stands several times, with the number of its turn: figures are told apart by their names. */
const namesOf = (stages: readonly PredictedStage[]): readonly string[] =>
  stages.map(({ name }, index) => {
    const before = stages.slice(0, index).filter((stage) => stage.name === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });

/** The mark with which each stage ends, by the stage's place. */
function endsOf(stages: readonly PredictedStage[], marks: Marks): ReadonlyMap<number, Mark> {
  const ends = new Map<number, Mark>();
  for (const name of new Set(marks.map((mark) => mark.name))) {
    const places = stages.flatMap((stage, index) => (stage.name === name ? [index] : []));
    const seen = marks.filter((mark) => mark.name === name);
    const of = name === LAST_STAGE ? places.slice(-1) : places;
    // Fewer marks than stages do not tell which of them they end.
    if (of.length !== seen.length) continue;
    of.forEach((place, index) => {
      const mark = seen[index];
      if (mark !== undefined) ends.set(place, mark);
    });
  }
  return ends;
}

const round = (value: number): number => Math.round(value * 100) / 100;
