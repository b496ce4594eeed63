import { must } from "../apply/cluster.ts";
import type { Site } from "../site/site.ts";

const NAMESPACE = "platform";

/** As much of CloudNativePG's word on a cluster as drills ask for. */
interface Cluster {
  readonly status: {
    readonly currentPrimary?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

const clusterAt = (site: Site): Promise<Cluster> =>
  site.api.get<Cluster>(`/apis/postgresql.cnpg.io/v1/namespaces/${NAMESPACE}/clusters/pg-${site.name}`);

/** A condition of the site's cluster as the operator tells it; undefined: it tells nothing of it. */
export async function condition(
  site: Site,
  type: string,
): Promise<{ readonly status: string; readonly message?: string } | undefined> {
  const { status } = await clusterAt(site);
  return status.conditions?.find((one) => one.type === type);
}

/** Runs SQL on the primary of the site's cluster, as its superuser, and returns the rows. @throws where it fails */
export async function sql(site: Site, statement: string, database = "postgres"): Promise<readonly string[]> {
  const { status } = await clusterAt(site);
  const pod = status.currentPrimary;
  if (pod === undefined) throw new Error(`${site.name}: pg-${site.name} has no primary`);
  const words = ["psql", "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-XqAtc", statement];
  const text = await must(site, ["exec", pod, `--namespace=${NAMESPACE}`, "--container=postgres", "--", ...words]);
  return text.split("\n").filter(Boolean);
}
