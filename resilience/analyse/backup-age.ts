import type { Fault } from "../fault.ts";
import type { System } from "../system.ts";
import { diskScenarios } from "./disks.ts";
import { play } from "./history.ts";
import { endOf } from "./loss-parts.ts";
import { backupSources, best, namesOf } from "./sources.ts";
import { Trail } from "./trail.ts";

/** How much is lost of what is brought back from a site's backups. */
export interface BackupAge {
  /** The backup that misses least: `archive backup-aachen`. */
  readonly from: string;
  /** Seconds of writes that it misses at worst; null: nothing bounds it. */
  readonly seconds: number | null;
}

/**
 * What a fault leaves of a subject in the backups at a site, whatever else it could be brought back from; where disks die at
 * random, in the worst case. Undefined: nothing is (or may be) left there.
 *
 * @param subject as an outcome's losses name it: `postgres`, `mongo`, `uploads:core-media@aachen`
 */
export function backupAge(system: System, fault: Fault, subject: string, site: string): BackupAge | undefined {
  const found = diskScenarios(system, fault.steps, new Trail()).map((scenario) => {
    const steps = play(system, fault, scenario, new Trail());
    const end = endOf(steps, new Trail());
    const last = steps.at(-1);
    if (!end || !last) return undefined;
    return best(backupSources(system, namesOf(system, subject), last, end).filter((source) => source.site === site));
  });
  const [worst] = found
    .filter((source) => source !== undefined)
    .sort((a, b) => (b.seconds ?? Infinity) - (a.seconds ?? Infinity));
  return worst === undefined || found.includes(undefined) ? undefined : { from: worst.from, seconds: worst.seconds };
}
