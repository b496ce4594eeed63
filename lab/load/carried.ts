import { LATE_MILLISECONDS, succeeded } from "./history.ts";
import type { Entry, History } from "./history.ts";

/** What the machine carried of what was asked of it. Rates: requests per second over the time of the load. */
export interface Carried {
  readonly seconds: number;
  readonly attempted: number;
  /** Sent within 100 ms of the moment at which they were due. */
  readonly inTime: number;
  readonly answered: number;
  readonly succeeded: number;
}

/** @param window leave out what was due before or after; milliseconds since 1970 */
export function carried(
  histories: readonly History[],
  window: { readonly from: number; readonly to: number },
): Carried {
  const { from, to } = window;
  const seconds = (to - from) / 1000;
  if (!(seconds > 0)) throw new RangeError(`from ${from} to ${to}: a window of some time is wanted`);
  const counts = { attempted: 0, inTime: 0, answered: 0, succeeded: 0 };
  for (const { entries } of histories) {
    for (const entry of entries) {
      if (entry.start < from || entry.start >= to) continue;
      counts.attempted++;
      if (entry.lag <= LATE_MILLISECONDS && entry.error !== "not-sent") counts.inTime++;
      if (entry.status > 0) counts.answered++;
      if (succeeded(entry)) counts.succeeded++;
    }
  }
  const rate = (count: number): number => Math.round((count / seconds) * 10) / 10;
  return {
    seconds: Math.round(seconds * 10) / 10,
    attempted: rate(counts.attempted),
    inTime: rate(counts.inTime),
    answered: rate(counts.answered),
    succeeded: rate(counts.succeeded),
  };
}

/**
 * What tells that a run's clients were late themselves, by which what they waited for is longer than it was; nothing, where each
 * request left within 100 ms of the moment at which it was due.
 */
export function lateness(entries: readonly Pick<Entry, "lag">[]): readonly string[] {
  const late = entries.map(({ lag }) => lag).filter((lag) => lag > LATE_MILLISECONDS);
  if (late.length === 0) return [];
  const worst = late.reduce((most, lag) => Math.max(most, lag), 0) / 1000;
  return [
    `the clients themselves were late: ${late.length} of ${entries.length} requests left up to ${worst.toFixed(1)} s after they ` +
      "were due, which counts as waiting",
  ];
}
