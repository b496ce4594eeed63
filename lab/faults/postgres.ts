import { applyObjects, must } from "../apply/cluster.ts";
import { eventually } from "../network/wait.ts";
import { clusterAt } from "../site/postgres-cluster.ts";
import type { Site } from "../site/site.ts";

const NAMESPACE = "platform";
const BACKED_UP_WITHIN_MS = 300_000;

/** A condition of the site's cluster as the operator tells it; undefined: it tells nothing of it. */
export async function condition(
  site: Site,
  type: string,
): Promise<{ readonly status: string; readonly message?: string } | undefined> {
  const { status } = await clusterAt(site);
  return status.conditions?.find((one) => one.type === type);
}

/** The pod that is the primary of the site's cluster. @throws where none is */
export async function primaryPod(site: Site): Promise<string> {
  const { status } = await clusterAt(site);
  if (status.currentPrimary === undefined) throw new Error(`${site.name}: pg-${site.name} has no primary`);
  return status.currentPrimary;
}

/** Runs SQL on the primary of the site's cluster, as its superuser, and returns the rows. @throws where it fails */
export async function sql(site: Site, statement: string, database = "postgres"): Promise<readonly string[]> {
  const pod = await primaryPod(site);
  const words = ["psql", "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-XqAtc", statement];
  const text = await must(site, ["exec", pod, `--namespace=${NAMESPACE}`, "--container=postgres", "--", ...words]);
  return text.split("\n").filter(Boolean);
}

interface Backups {
  readonly items: readonly { readonly status?: { readonly phase?: string } }[];
}

/** Waits until there is a base backup. One that has failed is not tried again by the operator before its next hour: one is asked for. */
export async function ensureBaseBackup(site: Site): Promise<void> {
  const cluster = `pg-${site.name}`;
  const there = async (): Promise<boolean> => {
    const path = `/apis/postgresql.cnpg.io/v1/namespaces/${NAMESPACE}/backups`;
    const phases = (await site.api.get<Backups>(path)).items.map(({ status }) => status?.phase ?? "");
    if (phases.includes("completed")) return true;
    if (phases.every((phase) => phase === "failed"))
      await applyObjects(site, [
        {
          apiVersion: "postgresql.cnpg.io/v1",
          kind: "Backup",
          metadata: { name: `${cluster}-${phases.length}`, namespace: NAMESPACE },
          spec: {
            cluster: { name: cluster },
            method: "plugin",
            pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
          },
        },
      ]);
    return false;
  };
  await eventually(`${site.name}: there is a base backup`, there, BACKED_UP_WITHIN_MS, 2000);
}
