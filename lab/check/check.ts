import type { Evidence } from "./evidence.ts";
import { losses } from "./lost.ts";
import type { Losses } from "./lost.ts";
import { splitBrain } from "./split-brain.ts";
import type { SplitBrain } from "./split-brain.ts";
import { staleness } from "./stale.ts";
import type { Staleness } from "./stale.ts";

/** What was said before the drill. Seconds. */
export interface Stated {
  /** Writes of at most so long before the fault may be lost. */
  readonly rpo: number;
  /** The age that answers of a database server may have, by its name; those of others are measured, not judged. */
  readonly age: ReadonlyMap<string, number>;
}

export interface Checked {
  readonly service: string;
  readonly losses: Losses;
  readonly splitBrain: SplitBrain;
  readonly staleness: readonly Staleness[];
  /** What does not hold, in words; empty: all does. */
  readonly problems: readonly string[];
}

const SHOWN = 5;

/** Holds what the clients saw against what the stores hold. */
export function check(evidence: Evidence, stated: Stated): Checked {
  const found = { losses: losses(evidence), splitBrain: splitBrain(evidence), staleness: staleness(evidence) };
  const problems = [
    ...lossProblems(found.losses, stated.rpo),
    ...splitBrainProblems(found.splitBrain, evidence.authority),
    ...found.staleness.flatMap(({ server, worst, stale, reads }) => {
      const limit = stated.age.get(server);
      if (limit === undefined || worst <= limit) return [];
      return [
        `${server} answered with data up to ${round(worst)} s old, above the stated ${limit} s (${stale} of ${reads} reads were stale)`,
      ];
    }),
  ];
  return { service: evidence.service, ...found, problems: problems.map((text) => `${evidence.service}: ${text}`) };
}

/** What of the losses was not stated. @param rpo seconds */
export function lossProblems(
  { lost, worstAge, afterFault, damaged, strange, acknowledged }: Losses,
  rpo: number,
): string[] {
  // With none promised, one of that very moment is too many as well.
  const beyond = lost.filter(({ age }) => age > rpo || (rpo === 0 && age === 0));
  return [
    ...(acknowledged === 0 ? ["no write was acknowledged: nothing was checked"] : []),
    ...(beyond.length > 0
      ? [
          `${beyond.length} acknowledged writes up to ${round(worstAge)} s before the fault are lost, above the stated ${rpo} s: ${some(beyond.map(({ id }) => id))}`,
        ]
      : []),
    ...(afterFault > 0
      ? [
          `${afterFault} writes acknowledged after the fault are lost: ${some(lost.filter(({ age }) => age < 0).map(({ id }) => id))}`,
        ]
      : []),
    ...(damaged.length > 0 ? [`${damaged.length} writes are not stored as they were sent: ${some(damaged)}`] : []),
    ...(strange.length > 0 ? [`${strange.length} stored writes were sent by nobody: ${some(strange)}`] : []),
  ];
}

function splitBrainProblems({ overlaps, more, contradictions }: SplitBrain, authority: string): string[] {
  return [
    ...overlaps.map(
      ({ servers: [one, other], from, to }) =>
        `split brain: ${one} and ${other} both took writes for ${round((to - from) / 1000)} s`,
    ),
    ...more.map(({ site, ids }) => `${site} holds ${ids.length} writes that ${authority} lacks: ${some(ids)}`),
    ...(contradictions.length > 0
      ? [`two sites ascribe ${contradictions.length} writes to different servers: ${some(contradictions)}`]
      : []),
  ];
}

const some = (ids: readonly string[]): string => ids.slice(0, SHOWN).join(", ") + (ids.length > SHOWN ? ", …" : "");
const round = (value: number): number => Math.round(value * 100) / 100;
