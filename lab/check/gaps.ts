import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import type { Group } from "../load/plan.ts";

/** What the clients of one group went through. Times of day: milliseconds since 1970; spans: seconds. */
export interface Gap {
  readonly group: Pick<Group, "site" | "kind" | "service" | "operation">;
  readonly requests: number;
  readonly failed: number;
  /** Failed requests of the client that had most of them. */
  readonly mostOfOneClient: number;
  /** The longest span in which no request was answered well. */
  readonly longest: number;
  readonly from: number;
  /** False: nothing was answered well from then until the end. */
  readonly recovered: boolean;
  /** When the first and the last failed request were sent; absent if none failed. */
  readonly firstError?: number;
  readonly lastError?: number;
  /** Failures by what was said, most frequent first. */
  readonly errors: readonly (readonly [string, number])[];
  /** How finely a span can be told: two times the group's time between requests. */
  readonly resolution: number;
}

/** @param window spans are looked for from here to there, milliseconds since 1970 */
export function gaps(
  entries: readonly Entry[],
  window: { readonly from: number; readonly to: number },
): readonly Gap[] {
  const groups = new Map<Group, Entry[]>();
  for (const entry of entries) {
    if (entry.end < window.from || entry.start > window.to || entry.error === "not-sent") continue;
    const of = groups.get(entry.group) ?? [];
    if (of.length === 0) groups.set(entry.group, of);
    of.push(entry);
  }
  return [...groups].map(([group, of]) => gapOf(group, of, window));
}

function gapOf(group: Group, entries: readonly Entry[], { from, to }: { from: number; to: number }): Gap {
  const good = entries.filter(succeeded).map(({ end }) => end);
  const inside = good.filter((end) => end >= from && end <= to).sort((a, b) => a - b);
  let [longest, begin, recovered] = [0, from, true];
  let last = from;
  for (const [index, end] of [...inside, to].entries()) {
    if (end - last > longest) [longest, begin, recovered] = [end - last, last, index < inside.length];
    last = end;
  }
  // The end of the window is no failure: a success may have been due just after it.
  const resolution = 2 / group.perSecond;
  if (!recovered && longest <= resolution * 1000) recovered = true;
  const failures = entries.filter((entry) => !succeeded(entry));
  const clients = new Map<number, number>();
  const errors = new Map<string, number>();
  for (const { client, error, status } of failures) {
    clients.set(client, (clients.get(client) ?? 0) + 1);
    const text = error ?? `status ${status}`;
    errors.set(text, (errors.get(text) ?? 0) + 1);
  }
  const starts = failures.map(({ start }) => start);
  const { site, kind, service, operation } = group;
  return {
    group: { site, kind, service, operation },
    requests: entries.length,
    failed: failures.length,
    mostOfOneClient: most(clients.values()),
    longest: longest / 1000,
    from: begin,
    recovered,
    ...(starts.length > 0 ? { firstError: least(starts), lastError: most(starts) } : {}),
    errors: [...errors].sort(([, a], [, b]) => b - a),
    resolution,
  };
}

// Not Math.max(...): histories have more entries than a call takes arguments.
const most = (values: Iterable<number>): number => [...values].reduce((a, b) => Math.max(a, b), 0);
const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
