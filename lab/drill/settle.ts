import { ensureBaseBackup } from "../faults/postgres.ts";
import type { StagedSite } from "../stage/staged-site.ts";

/**
 * Waits until each site has the first base backup that its plan asks for at once: it takes a processor of this machine for a
 * minute, and clients that come meanwhile are not served as they would be later.
 *
 * @throws where there is none in time
 */
export async function untilFirstBackups(sites: readonly Pick<StagedSite, "site" | "planned">[]): Promise<void> {
  // A site without a store on stage has none to wait for.
  await Promise.all(sites.flatMap(({ site, planned }) => (planned.store === undefined ? [] : ensureBaseBackup(site))));
}
