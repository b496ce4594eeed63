import { gaps } from "../check/gaps.ts";
import type { Gap } from "../check/gaps.ts";
import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";

/** Good answers that take no longer are no outage: two busy cores delay some. */
const SLOW_SECONDS = 1;

/**
 * What clients went through, as {@link gaps} tells it, but with spans in which somebody asked: from the first request that
 * was not answered well, or was answered late, to the next good answer. Without a request nobody misses anything; requests
 * that are spread over sites at random leave pauses many times as long as the mean.
 *
 * @param window milliseconds since 1970; what was slow or failed before it is no part of it
 */
export function outages(
  entries: readonly Entry[],
  window: { readonly from: number; readonly to: number },
): readonly Gap[] {
  return gaps(entries, window).map((gap) => ({
    ...gap,
    ...longestOutage(groupOf(entries, gap), window, gap.resolution),
  }));
}

const groupOf = (entries: readonly Entry[], { group: { site, service, operation } }: Gap): readonly Entry[] =>
  entries.filter(({ group }) => group.site === site && group.service === service && group.operation === operation);

function longestOutage(
  entries: readonly Entry[],
  { from, to }: { readonly from: number; readonly to: number },
  resolution: number,
): Pick<Gap, "longest" | "from" | "recovered"> {
  const isGood = (entry: Entry): boolean => succeeded(entry) && entry.end <= to;
  const good = entries.filter((entry) => isGood(entry) && entry.end >= from).sort((a, b) => a.end - b.end);
  const bad = entries
    .filter((entry) => !isGood(entry) && entry.error !== "not-sent" && entry.end >= from && entry.start <= to)
    .map(({ start }) => Math.max(start, from))
    .sort((a, b) => a - b);
  let found = { longest: 0, from, recovered: true };
  let [last, next] = [from, 0];
  const look = (end: number, ownStart: number, recovered: boolean): void => {
    while (next < bad.length && (bad[next] ?? 0) < last) next++;
    const firstBad = bad[next] ?? Infinity;
    const hasBad = firstBad < end;
    const begin = Math.max(last, Math.min(firstBad, ownStart));
    const seconds = (end - begin) / 1000;
    if (seconds > found.longest && (hasBad || seconds > SLOW_SECONDS))
      found = { longest: seconds, from: begin, recovered };
    last = end;
  };
  for (const { start, end } of good) look(end, start, true);
  // At the end of the window a request may just be under way.
  const firstBad = bad.find((start) => start >= last);
  if (firstBad !== undefined && (to - firstBad) / 1000 > Math.max(resolution, SLOW_SECONDS)) look(to, Infinity, false);
  return found;
}
