import type { Site } from "./site.ts";

/** As much of a CloudNativePG Cluster as is asked for here (1.27). */
export interface PostgresClusterObject {
  readonly spec: { readonly instances: number };
  readonly status: {
    readonly phase?: string;
    readonly readyInstances?: number;
    readonly currentPrimary?: string;
    readonly currentPrimaryTimestamp?: string;
    readonly targetPrimary?: string;
    readonly targetPrimaryTimestamp?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
      readonly message?: string;
    }[];
  };
}

/** Where the API server has the site's cluster of PostgreSQL. */
export const clusterPath = ({ name }: Pick<Site, "name">): string =>
  `/apis/postgresql.cnpg.io/v1/namespaces/platform/clusters/pg-${name}`;

/** The site's cluster of PostgreSQL, as its operator tells it. */
export const clusterAt = (site: Site): Promise<PostgresClusterObject> =>
  site.api.get<PostgresClusterObject>(clusterPath(site));
