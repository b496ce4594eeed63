import type { Drill } from "../faults/drill.ts";

/** How long the parts of a run take, seconds. */
export interface Times {
  /** The load is watched before the fault. */
  readonly before: number;
  /** The fault comes so much later, at a random phase of whatever beats in the system. */
  readonly phase: number;
  /** Until what heals by itself has to have healed, or how long a fault lasts that is healed. */
  readonly hold: number;
  /** The load is watched after the recovery. */
  readonly after: number;
}

/** Probes beat every 2 to 10 s: a fault comes at any moment of the longest. */
const LONGEST_PERIOD = 10;
/** Beyond the predicted time, so that a recovery that comes too late is still seen, and by how much. */
const RESERVE = 30;
/** A recovery of which nothing is known is waited for as long. */
const UNKNOWN = 120;

/**
 * @param predicted seconds until the settled state; null: unknown
 * @param random from 0 to below 1
 */
export function timesOf(
  { hold }: Pick<Drill, "hold">,
  predicted: number | null,
  { short, random }: { readonly short: boolean; readonly random: () => number },
): Times {
  return {
    before: short ? 5 : 15,
    phase: random() * LONGEST_PERIOD,
    hold: hold === "recovery" ? (predicted === null ? UNKNOWN : predicted + RESERVE) : hold,
    after: short ? 5 : 10,
  };
}
