import { succeeded } from "../load/history.ts";
import { bodyOf } from "../load/plan.ts";
import { authorityOf, isWrite } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";

export interface LostWrite {
  readonly id: string;
  /** Seconds from its acknowledgement to the fault; below 0: acknowledged after the fault. */
  readonly age: number;
}

export interface Losses {
  readonly acknowledged: number;
  /** Acknowledged, and not in the store. */
  readonly lost: readonly LostWrite[];
  /** How far back before the fault writes are missing, seconds: to be held against the promised RPO. */
  readonly worstAge: number;
  /** Of the lost ones, those acknowledged after the fault, which no RPO covers. */
  readonly afterFault: number;
  /** In the store, but not as they were sent. */
  readonly damaged: readonly string[];
  /** In the store, and sent by nobody. */
  readonly strange: readonly string[];
  /** Sent, not acknowledged, and stored all the same: allowed, for nobody was told that they are not. */
  readonly unacknowledged: number;
}

/** Is every acknowledged write in the store, whole, and nothing that was never sent? */
export function losses(evidence: Evidence): Losses {
  const { entries, faultAt, bodyBytes } = evidence;
  const rows = new Map(authorityOf(evidence).rows.map((row) => [row.id, row]));
  const sent = new Map<string, number>();
  const lost: LostWrite[] = [];
  let acknowledged = 0;
  let unacknowledged = 0;
  for (const entry of entries) {
    const { id, end, start } = entry;
    if (!isWrite(entry) || id === undefined) continue;
    sent.set(id, start);
    if (!succeeded(entry)) {
      if (rows.has(id)) unacknowledged++;
      continue;
    }
    acknowledged++;
    if (!rows.has(id)) lost.push({ id, age: (faultAt - end) / 1000 });
  }
  const damaged: string[] = [];
  const strange: string[] = [];
  for (const { id, sentAt, body } of rows.values()) {
    const start = sent.get(id);
    if (start === undefined) strange.push(id);
    else if (start !== sentAt || body !== bodyOf(id, bodyBytes)) damaged.push(id);
  }
  return { acknowledged, ...lossSummary(lost), damaged, strange, unacknowledged };
}

/** What lost writes, or files, amount to. */
export function lossSummary(lost: readonly LostWrite[]): Pick<Losses, "lost" | "worstAge" | "afterFault"> {
  const worstAge = lost.reduce((worst, { age }) => Math.max(worst, age), 0);
  return { lost, worstAge, afterFault: lost.filter(({ age }) => age < 0).length };
}
