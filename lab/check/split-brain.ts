import { succeeded } from "../load/history.ts";
import { authorityOf, isWrite } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";

/** Two servers (name/system/term) that both took writes during one span of time; milliseconds since 1970. */
export interface Overlap {
  readonly servers: readonly [string, string];
  readonly from: number;
  readonly to: number;
}

export interface SplitBrain {
  readonly overlaps: readonly Overlap[];
  /** Writes that a site holds and the site that counts does not; a copy may lack some, but must not have more. */
  readonly more: readonly { readonly site: string; readonly ids: readonly string[] }[];
  /** Writes that two sites ascribe to different servers. */
  readonly contradictions: readonly string[];
}

/** When a server took its first and its last write: at the latest, and at the earliest. */
interface Span {
  first: number;
  last: number;
}

/**
 * Did two sides take writes at once? A server begins a new term whenever it is promoted, so one that hands over is never
 * seen again; if the first write of each is certainly before the last one of the other, both took writes at the same time.
 */
export function splitBrain(evidence: Evidence): SplitBrain {
  const counts = authorityOf(evidence);
  const known = new Map(counts.rows.map((row) => [row.id, textOf(row.server)]));
  const more: { site: string; ids: string[] }[] = [];
  const contradictions = new Set<string>();
  for (const { site, rows } of evidence.stores) {
    if (site === counts.site) continue;
    const ids: string[] = [];
    for (const { id, server } of rows) {
      const other = known.get(id);
      if (other === undefined) ids.push(id);
      else if (other !== textOf(server)) contradictions.add(id);
    }
    if (ids.length > 0) more.push({ site, ids });
  }
  return { overlaps: overlaps(spans(evidence)), more, contradictions: [...contradictions] };
}

export const textOf = ({ name, system, term }: { name: string; system: string; term: string }): string =>
  `${name}/${system}/${term}`;

function spans({ entries, stores }: Evidence): ReadonlyMap<string, Span> {
  const starts = new Map<string, number>();
  const found = new Map<string, Span>();
  const take = (server: string, start: number, end: number): void => {
    const span = found.get(server);
    if (!span) return void found.set(server, { first: end, last: start });
    span.first = Math.min(span.first, end);
    span.last = Math.max(span.last, start);
  };
  for (const entry of entries) {
    const { id, by, start, end } = entry;
    if (!isWrite(entry) || id === undefined) continue;
    starts.set(id, start);
    if (by !== undefined && succeeded(entry)) take(by, start, end);
  }
  // What was stored and not acknowledged was taken at some moment after it was sent.
  for (const { rows } of stores) {
    for (const { id, server } of rows) {
      const start = starts.get(id);
      if (start !== undefined && server.term !== "") take(textOf(server), start, Infinity);
    }
  }
  return found;
}

function overlaps(found: ReadonlyMap<string, Span>): readonly Overlap[] {
  const all = [...found];
  return all.flatMap(([one, a], index) =>
    all.slice(index + 1).flatMap(([other, b]): Overlap[] => {
      if (!(a.first < b.last && b.first < a.last)) return [];
      return [{ servers: [one, other], from: Math.max(a.first, b.first), to: Math.min(a.last, b.last) }];
    }),
  );
}
