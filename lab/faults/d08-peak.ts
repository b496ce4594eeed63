import { ensureTools } from "../binaries/ensure.ts";
import { capacityText, proxyAlone } from "../load/proxy-alone.ts";
import { crashPostgres } from "./d04-database.ts";
import type { Drill, Findings, Scene, SiteNames } from "./drill.ts";

/**
 * How many times the usual load: what two cores carry beside two clusters, with something left for a restart. At 2.1 times no
 * processor was idle before the fault, and the restart waited for one. Each run tells what was carried.
 */
const TIMES = 1.75;

/** D8: PostgreSQL's primary is killed while as many requests come as this machine carries. */
export const peakDrill = ({ primary }: SiteNames): Drill => ({
  id: "D8",
  title: "PostgreSQL's primary killed under peak load",
  fault: `process:postgres@${primary}`,
  hold: "recovery",
  load: TIMES,
  cause: async (scene) => ({ ...(await crashPostgres(scene)), findings: () => proxyFindings(scene) }),
});

/** Asked once the load has ended: what would be left to carry if services and databases took no time. */
async function proxyFindings({ network, primary }: Scene): Promise<Findings> {
  const { load } = await ensureTools(["load"]);
  const capacity = await proxyAlone(network.world, load["wrk"] ?? "wrk", primary.planned.publicAddress);
  return { problems: [], notes: [capacityText(capacity)] };
}
