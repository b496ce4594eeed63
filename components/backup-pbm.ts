import { stringify } from "yaml";
import { mongoSiteHosts } from "./connections.ts";
import type { SiteContext } from "./context.ts";
import type { StorePlace } from "./backup-places.ts";
import type { BackupJob } from "./backup-plan.ts";

/** Key in the ConfigMap `backup-mongo` of the configuration that the platform's own replica set runs with. */
export const PBM_CONFIG_KEY = "pbm.yaml";

/**
 * Configuration of Percona Backup for MongoDB (2.16), without the store's key: the script appends it, so `storage` comes
 * last. The members of this site do the work, if they can: another site's would send it all through the tunnel.
 */
export function pbmConfig(context: SiteContext, to: StorePlace): string {
  const { topology, site, active } = context;
  const priority = Object.fromEntries(
    topology.sites.flatMap(({ name }) =>
      mongoSiteHosts(topology, name, active).map((host) => [host, name === site ? 2 : 0.1]),
    ),
  );
  return stringify({
    pitr: { enabled: true, oplogSpanMin: topology.backups.oplogSpan / 60, compression: "s2", priority },
    backup: { compression: "s2", priority },
    storage: storage(to),
  });
}

/** For the test of restoring: it must archive nothing, or the test's own oplog would lie among the real one. */
export function pbmTestConfig(at: StorePlace): string {
  return stringify({ pitr: { enabled: false }, storage: storage(at) });
}

/** `endpointUrl` is Azure's own by default; it is named, so that the store can be read from the configuration. */
function storage(at: StorePlace) {
  const { endpoint: endpointUrl, bucket, prefix } = at;
  return at.protocol === "s3"
    ? { type: "s3", s3: { endpointUrl, region: at.region, bucket, prefix } }
    : { type: "azure", azure: { endpointUrl, account: at.account, container: bucket, prefix } };
}

/** Content of the ConfigMap `backup-mongo`: one configuration per job that needs one. */
export function pbmConfigs(context: SiteContext, jobs: readonly BackupJob[]): Readonly<Record<string, string>> {
  const configs: Record<string, string> = {};
  for (const job of jobs) {
    if (job.kind === "mongo") configs[PBM_CONFIG_KEY] = pbmConfig(context, job.to);
    if (job.kind === "test-mongo") configs[`${job.name}.yaml`] = pbmTestConfig(job.at);
  }
  return configs;
}
