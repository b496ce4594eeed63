import fc from "fast-check";
import type { Evidence } from "../../../../lab/check/evidence.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import { bodyOf } from "../../../../lab/load/plan.ts";
import type { Group } from "../../../../lab/load/plan.ts";
import type { ServerIdentity, StoredWrite } from "../../../../lab/platform/store.ts";

const group = { site: "aachen", kind: "browser", service: "core", perSecond: 10, clients: 3 } as const;
export const writes: Group = { ...group, operation: "write" };
export const reads: Group = { ...group, site: "titan", operation: "read" };
export const FIRST: ServerIdentity = { name: "pg-aachen", system: "7", term: "1" };
export const SECOND: ServerIdentity = { name: "pg-titan", system: "7", term: "2" };
export const textOf = ({ name, system, term }: ServerIdentity): string => `${name}/${system}/${term}`;
export const BODY = 20;
/** A standby of the model is never further behind than this. */
export const LAG_MILLISECONDS = 400;

export function row(id: string, sentAt: number, server: ServerIdentity): StoredWrite {
  return { id, sentAt, body: bodyOf(id, BODY), pod: "p", podAddress: "10.0.0.1", server, storedAt: sentAt, tries: 1 };
}

export function writeOf(id: string, start: number, end: number, server?: ServerIdentity): Entry {
  const base = { group: writes, client: 0, start, end, lag: 0, id };
  return server ? { ...base, status: 201, by: textOf(server) } : { ...base, status: 503 };
}

export function readOf(start: number, newest: Entry["newest"], by = "pg-titan"): Entry {
  return { group: reads, client: 1, start, end: start + 5, lag: 0, status: 200, by, newest: newest ?? null };
}

/**
 * Histories of a sound system: writes are sent one after the other, taken at some moment after that, and answered later, or
 * never; half-way through, the first server hands over to the second one. Reads see every write that was taken
 * {@link LAG_MILLISECONDS} before, and maybe some of the later ones.
 */
export const soundEvidence: fc.Arbitrary<Evidence> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 300 }),
      takenAfter: fc.integer({ min: 0, max: 200 }),
      answeredAfter: fc.integer({ min: 1, max: 500 }),
      fate: fc.constantFrom("acknowledged", "acknowledged", "acknowledged", "stored", "refused"),
      readAfter: fc.integer({ min: 0, max: 400 }),
      behind: fc.integer({ min: 0, max: LAG_MILLISECONDS }),
    }),
    { minLength: 6, maxLength: 40 },
  )
  .map((steps) => {
    let sentAt = 1_000_000;
    const sent = steps.map((step, index) => {
      sentAt += step.gap;
      return { ...step, id: `w-${index}`, sentAt, taken: sentAt + step.takenAfter };
    });
    const handover = sent[Math.floor(sent.length / 2)]?.taken ?? 0;
    const kept = sent.filter(({ fate }) => fate !== "refused");
    const server = (taken: number): ServerIdentity => (taken < handover ? FIRST : SECOND);
    const rows = kept.map(({ id, sentAt: at, taken }) => row(id, at, server(taken)));
    const entries = sent.flatMap(({ id, sentAt: start, taken, fate, answeredAfter, readAfter, behind }) => {
      const readAt = start + readAfter;
      const seen = kept.filter((write) => write.taken <= readAt - behind).sort((a, b) => b.sentAt - a.sentAt);
      const newest = seen[0] ? { id: seen[0].id, sentAt: seen[0].sentAt } : null;
      const by = fate === "acknowledged" ? server(taken) : undefined;
      return [writeOf(id, start, taken + answeredAfter, by), readOf(readAt, newest)];
    });
    const stores = [
      { site: "aachen", rows },
      { site: "titan", rows: rows.slice(0, -1) },
    ];
    return { service: "core", entries, stores, authority: "aachen", bodyBytes: BODY, faultAt: handover };
  });
