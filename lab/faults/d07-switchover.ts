import { UNRESOLVED, bySite } from "../drill/observation.ts";
import type { Observation } from "../drill/observation.ts";
import { worstOf } from "../drill/figures.ts";
import type { RunFigure } from "../drill/figures.ts";
import type { Marks } from "../drill/marks.ts";
import { outages } from "../drill/outage.ts";
import { predictedStage } from "../result/prediction.ts";
import type { Prediction } from "../result/schema.ts";
import { switchOver } from "../stage/switchover.ts";
import type { HandedOver } from "../stage/switchover.ts";
import { PLANNED_SWITCHOVER, switchoverStages } from "../../resilience/analyse/switchover.ts";
import type { Site } from "../site/site.ts";
import { carryFiles } from "./carry-files.ts";
import type { Drill, SiteNames } from "./drill.ts";

/** How long the other site is watched while it takes the writes, seconds. */
const WATCHED = 30;
/** The claim to which the load sends files. */
const CLAIM = "core-media";

/** D7: the sites exchange their roles, and do so again. */
export const switchoverDrill = ({ standby }: SiteNames): Drill => ({
  id: "D7",
  title: `Planned switchover to ${standby} and back`,
  fault: PLANNED_SWITCHOVER,
  hold: WATCHED,
  notes: [
    "the commands follow each other as fast as they end: a person takes longer, and nobody's writes are taken meanwhile",
    "alerts are laid anew with the roles, and nobody evaluates them here",
  ],
  cause: async (scene) => {
    const {
      primary: { site: home },
      standby: { site: away },
    } = scene;
    const stacks = await scene.stacks();
    const go = async (from: Site, to: Site): Promise<Way> => {
      const handed = await switchOver({ stacks, from, to });
      await carryFiles(from, to, CLAIM);
      return { from: from.name, to: to.name, ...handed };
    };
    const ways = [await go(home, away)];
    return {
      heal: async () => void ways.push(await go(away, home)),
      marks: () => Promise.resolve(ways.flatMap(marksOf)),
      findings: (observed) =>
        Promise.resolve({
          problems: [],
          notes: ways.map(noteOf),
          figures: [
            ...ways.flatMap((way) => stageFigures(way, scene.predicted(PLANNED_SWITCHOVER))),
            ...wayBackFigures(observed),
          ],
        }),
    };
  },
});

interface Way extends HandedOver {
  readonly from: string;
  readonly to: string;
}

/** The operator tells whole seconds; the rest is looked at once a second, and MongoDB every three. */
const marksOf = ({ to, demotedAt, promotedAt, movedAt }: Way): Marks => [
  { name: "demoted", at: demotedAt, resolution: 1 },
  { name: "promoted", at: promotedAt, resolution: 1 },
  { name: `MongoDB's primary at ${to}`, at: movedAt, resolution: 3 },
];

const secondsBetween = (from: number, to: number): number => Math.round(Math.max(0, to - from) / 100) / 10;

const noteOf = ({ from, to, beganAt, promotedAt, movedAt }: Way): string =>
  `from ${from} to ${to}: PostgreSQL took writes again ${secondsBetween(beganAt, promotedAt)} s after the first up began, ` +
  `MongoDB's primary had followed after ${secondsBetween(beganAt, movedAt)} s`;

/** What no person governs. The operator tells whole seconds, and is asked once per second. */
export function stageFigures(
  { from, to, beganAt, demotedAt, toldAt, promotedAt }: Way,
  prediction: Prediction | null,
): readonly RunFigure[] {
  const stage = (what: string, name: string, seconds: number): RunFigure => ({
    what,
    predicted: predictedStage(prediction, name),
    governed: false,
    resolution: 1,
    seconds,
  });
  return [
    stage(
      `PostgreSQL at ${from}, until it is demoted and the token is there`,
      switchoverStages.demoted,
      secondsBetween(beganAt, demotedAt),
    ),
    stage(
      `PostgreSQL at ${to}, until it takes writes after it was told to`,
      switchoverStages.promoted,
      secondsBetween(toldAt, promotedAt),
    ),
  ];
}

/** What clients went through on the way back: the way there is judged as every fault is. */
export function wayBackFigures(observed: Observation): readonly RunFigure[] {
  const { healedAt, endedAt } = observed;
  const writes = bySite(observed).filter(({ group }) => group.operation === "write");
  const found = outages(writes, { from: healedAt, to: endedAt });
  return [...new Set(found.map(({ group }) => group.site))]
    .filter((site) => site !== UNRESOLVED)
    .flatMap((site) => {
      const worst = worstOf(found.filter(({ group }) => group.site === site));
      if (worst === undefined) return [];
      return [
        {
          what: `writes sent to ${site}, longest time without a good answer, on the way back`,
          predicted: { kind: "by hand", from: "a person's pace" },
          governed: false,
          resolution: Math.round(worst.resolution * 10) / 10,
          seconds: worst.recovered ? Math.round(worst.longest * 10) / 10 : null,
        } satisfies RunFigure,
      ];
    });
}
