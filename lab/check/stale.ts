import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import { authorityOf, isWrite } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";

/** How old the answers of one database server were. */
export interface Staleness {
  /** The server that answered: `pg-titan`. */
  readonly server: string;
  readonly reads: number;
  /** Reads that missed a write which had been acknowledged before they began. */
  readonly stale: number;
  /** The longest time for which such a write had been acknowledged, seconds. */
  readonly worst: number;
  /** When that read began, milliseconds since 1970; absent if none was stale. */
  readonly at?: number;
}

interface Key {
  readonly id: string;
  readonly sentAt: number;
}

/**
 * A read answers with the newest write that it sees, by the moment at which its client sent it. Every newer one is unseen;
 * the one that has been acknowledged for longest tells how old the answer is. Writes that were lost are told elsewhere.
 */
export function staleness(evidence: Evidence): readonly Staleness[] {
  const kept = new Set(authorityOf(evidence).rows.map(({ id }) => id));
  const writes = evidence.entries
    .filter((entry) => isWrite(entry) && succeeded(entry) && entry.id !== undefined && kept.has(entry.id))
    .map(({ id = "", start: sentAt, end }) => ({ id, sentAt, end }))
    .sort(compare);
  // For each place in the order: when the first of all later writes was acknowledged.
  const earliest: number[] = new Array<number>(writes.length + 1).fill(Infinity);
  for (let index = writes.length - 1; index >= 0; index--) {
    earliest[index] = Math.min(earliest[index + 1] ?? Infinity, writes[index]?.end ?? Infinity);
  }
  const found = new Map<string, { reads: number; stale: number; worst: number; at?: number }>();
  for (const entry of evidence.entries) {
    if (isWrite(entry) || !succeeded(entry) || entry.newest === undefined) continue;
    const server = entry.by ?? "unknown";
    const sum = found.get(server) ?? { reads: 0, stale: 0, worst: 0 };
    found.set(server, sum);
    sum.reads++;
    const unseen = earliest[entry.newest ? after(writes, entry.newest) : 0] ?? Infinity;
    const age = ageOf(entry, unseen);
    if (age === 0) continue;
    sum.stale++;
    if (age > sum.worst) [sum.worst, sum.at] = [age, entry.start];
  }
  return [...found].map(([server, sum]) => ({ server, ...sum })).sort((a, b) => (a.server < b.server ? -1 : 1));
}

const ageOf = ({ start, lag }: Entry, unseen: number): number => Math.max(0, (start + lag - unseen) / 1000);

function compare(a: Key, b: Key): number {
  return a.sentAt - b.sentAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Index of the first write that is newer. */
function after(writes: readonly Key[], newest: Key): number {
  let [low, high] = [0, writes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const write = writes[middle];
    if (write && compare(write, newest) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
