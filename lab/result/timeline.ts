import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import type { Timeline } from "./schema.ts";

/** A moment worth a line in the picture; milliseconds since 1970. */
export interface Mark {
  readonly at: number;
  readonly text: string;
}

/** Counts each site's requests by the second in which they ended. Times: milliseconds since 1970. */
export function timelineOf(
  entries: readonly Entry[],
  { faultAt, from, to, marks }: { faultAt: number; from: number; to: number; marks: readonly Mark[] },
): Timeline {
  const second = (time: number): number => Math.floor((time - faultAt) / 1000);
  const [first, last] = [second(from), second(to)];
  const sites = new Map<string, { answered: number[]; failed: number[] }>();
  const empty = (): number[] => new Array<number>(last - first + 1).fill(0);
  for (const entry of entries) {
    const index = second(entry.end) - first;
    if (index < 0 || index > last - first || entry.error === "not-sent") continue;
    const { site } = entry.group;
    const counts = sites.get(site) ?? { answered: empty(), failed: empty() };
    sites.set(site, counts);
    const row = succeeded(entry) ? counts.answered : counts.failed;
    row[index] = (row[index] ?? 0) + 1;
  }
  return {
    from: first,
    sites: [...sites].map(([site, counts]) => ({ site, ...counts })).sort((a, b) => (a.site < b.site ? -1 : 1)),
    marks: marks.map(({ at, text }) => ({ second: Math.round((at - faultAt) / 100) / 10, text })),
  };
}
