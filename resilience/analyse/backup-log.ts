import { formatSeconds } from "../../topologies/units.ts";
import type { DataLoss, PromiseVerdict } from "../outcome.ts";
import type { BackupStore, System } from "../system.ts";
import { Trail } from "./trail.ts";

/** Why a store's log of backups may be shorter than promised. */
export interface Weakness {
  readonly verdict: Exclude<PromiseVerdict["verdict"], "kept">;
  readonly why: string;
}

/** What whoever holds the cluster can do to the backups in a store [R4]; undefined: nothing within the retention. */
export function weaknessOf({ name, clusterCanDelete, lockedFor, retention }: BackupStore): Weakness | undefined {
  const trail = new Trail();
  const deletes = trail.read(clusterCanDelete, `whether the cluster can delete the backups in ${name}`);
  const locked = trail.read(lockedFor, `how long ${name} locks its versions`);
  const kept = trail.read(retention, `how long ${name} keeps its versions`);
  if (deletes === true)
    return {
      verdict: "broken",
      why: `the cluster's own key can delete versions in ${name}: whoever holds the cluster can delete its backups and shorten the log${kept === undefined ? "" : ` of ${formatSeconds(kept)}`}`,
    };
  if (locked === 0)
    return {
      verdict: "broken",
      why: `${name} does not lock its versions: nothing keeps the backups of a cluster that was taken over`,
    };
  if (locked !== undefined && kept !== undefined && locked < kept)
    return {
      verdict: "broken",
      why: `${name} locks versions for ${formatSeconds(locked)} and the log is to reach back ${formatSeconds(kept)}: whoever holds the cluster can shorten it to what is locked, by writing over it`,
    };
  const missing = trail.unknowns.length > 0 ? trail.unknowns : trail.pending;
  return missing.length === 0
    ? undefined
    : { verdict: trail.unknowns.length > 0 ? "unknown" : "pending", why: missing.map(({ text }) => text).join("; ") };
}

/** The weakness of the stores from which the losses are brought back, the worst first. */
export function weaknessOfRestore(system: System, lost: readonly DataLoss[]): Weakness | undefined {
  const found = system.backupStores
    .filter((store) => lost.some(({ restoredFrom }) => restoredFrom !== null && liesIn(restoredFrom, store)))
    .flatMap((store) => weaknessOf(store) ?? []);
  for (const verdict of ["broken", "unknown", "pending"] as const) {
    const same = found.filter((weakness) => weakness.verdict === verdict);
    if (same.length > 0) return { verdict, why: same.map(({ why }) => why).join("; ") };
  }
  return undefined;
}

/** A copy lies in the store of the site that it is on, whatever it is a copy of. */
function liesIn(restoredFrom: string, { name, site }: BackupStore): boolean {
  const copy = /^copy of .* on (\S+)$/.exec(restoredFrom);
  return copy ? copy[1] === site : restoredFrom.split(" ").includes(name);
}

/** Against corruption the promise is a log of backups, which nobody who holds the cluster can shorten. */
export function logOfBackups(lost: readonly DataLoss[]): PromiseVerdict {
  const id = "R4";
  const without = lost.filter(({ restoredFrom }) => !/\b(?:archive|files backup)\b/.test(restoredFrom ?? ""));
  if (without.length > 0)
    return {
      id,
      verdict: "broken",
      why: `no log of backups counters the damage to ${without.map(({ subject }) => subject).join(", ")}`,
    };
  return {
    id,
    verdict: "kept",
    why: `restored from before the damage: ${lost.map(({ subject, restoredFrom }) => `${subject} from ${restoredFrom ?? ""}`).join("; ")}`,
  };
}

/** A verdict on lost data stands only if the backups that it rests on can't be taken away by whoever holds the cluster. */
export function withLogAtRisk(verdict: PromiseVerdict, weakness: Weakness | undefined): PromiseVerdict {
  if (!weakness) return verdict;
  const why = `${verdict.why}; but ${weakness.why}`;
  if (verdict.verdict === "broken") return weakness.verdict === "broken" ? { ...verdict, why } : verdict;
  const worse = verdict.verdict === "unknown" && weakness.verdict === "pending" ? "unknown" : weakness.verdict;
  return { ...verdict, verdict: worse, why };
}
