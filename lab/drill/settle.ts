import { ensureBaseBackup } from "../faults/postgres.ts";
import type { StagedSite } from "../stage/staged-site.ts";

/**
 * Waits until the site that takes the writes has the first base backup that its plan asks for at once: it takes a processor of
 * this machine for a minute, and clients that come meanwhile are not served as they would be later. A standby's backup ends
 * only when more is written, which nobody does before they come.
 *
 * @throws where there is none in time
 */
export async function untilFirstBackup({ site, planned }: Pick<StagedSite, "site" | "planned">): Promise<void> {
  // A site without a store on stage has none to wait for.
  if (planned.store !== undefined) await ensureBaseBackup(site);
}
