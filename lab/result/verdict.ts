import type { Figure } from "./schema.ts";

/**
 * What a measurement says of its prediction:
 *
 * - `as predicted`: never above the worst case, and that is not above twice what was measured where a setting of ours governs;
 * - `worse than predicted`: some run took longer, or something broke that was said to hold;
 * - `prediction too wide`: above twice the worst of five runs or more, although a setting of ours governs it;
 * - `not predicted`: the analysis lacked a fact, or does not know the fault;
 * - `not measured`: no run.
 */
export const drillVerdicts = [
  "worse than predicted",
  "not predicted",
  "prediction too wide",
  "not measured",
  "as predicted",
] as const;
export type DrillVerdict = (typeof drillVerdicts)[number];

/** How much wider than the worst run a prediction may be. */
const WIDEST = 2;

/**
 * Fewer runs cannot tell that a prediction is too wide: a fault comes at a random moment of the periods that a worst case is made
 * of, so that every second run falls into their better half; five of five do so once in 32 times.
 */
const ENOUGH_RUNS = 5;

/** A spread of runs; null: not back within the drill. */
export interface Spread {
  readonly median: number | null;
  readonly worst: number | null;
  readonly runs: number;
}

export function spreadOf(runs: readonly (number | null)[]): Spread {
  const sorted = runs.map((seconds) => seconds ?? Infinity).sort((a, b) => a - b);
  if (sorted.length === 0) return { median: null, worst: null, runs: 0 };
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { median: finite((low + high) / 2), worst: finite(sorted.at(-1) ?? 0), runs: sorted.length };
}

export function figureVerdict({ predicted, governed, resolution, runs }: Figure): DrillVerdict {
  if (runs.length === 0) return "not measured";
  const { worst } = spreadOf(runs);
  switch (predicted.kind) {
    case "unknown":
      return "not predicted";
    case "by hand":
      return worst !== null && governed ? "prediction too wide" : "as predicted";
    case "bounded":
      if (worst === null || worst > predicted.seconds + resolution) return "worse than predicted";
      return governed && runs.length >= ENOUGH_RUNS && predicted.seconds > WIDEST * Math.max(worst, resolution)
        ? "prediction too wide"
        : "as predicted";
    default: {
      const never: never = predicted;
      throw new Error(`no verdict on ${JSON.stringify(never)}`);
    }
  }
}

/** The verdict on a drill: the gravest of its figures; whatever the checker found makes it worse than predicted. */
export function drillVerdict(figures: readonly Figure[], problems: readonly string[]): DrillVerdict {
  if (problems.length > 0) return "worse than predicted";
  if (figures.length === 0) return "not measured";
  const found = figures.map(figureVerdict);
  return drillVerdicts.find((verdict) => found.includes(verdict)) ?? "not measured";
}
