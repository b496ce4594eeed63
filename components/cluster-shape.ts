import type { SiteConfig } from "../config/schema.ts";

/** What a component must know of the cluster to plan its pods, whichever platform it runs on. */
export interface ClusterShape {
  /** Nodes that run the platform's pods, at the fewest. */
  readonly nodes: number;
  /** Over what replicas are spread, so that one fault takes one of them. */
  readonly spreadOver: {
    /** Label of the nodes. */
    readonly topologyKey: string;
    /** How many values of it there are. */
    readonly domains: number;
  };
  /** Are there nodes that are tainted against the platform's pods, because they are the cluster's own? */
  readonly taintedNodes: boolean;
  readonly storageClass: string;
  /** Class of volumes that pods on several nodes may mount at once; absent: the platform has none. */
  readonly sharedStorageClass?: string;
}

export const HOSTNAME_KEY = "kubernetes.io/hostname";
export const ZONE_KEY = "topology.kubernetes.io/zone";

/** One place for the names, which claims hold for ever: a class of another redundancy is another class. */
export const managedClassName = (redundancy: "zrs" | "lrs"): string => `holdfast-${redundancy}`;

export const sharedClassName = (redundancy: "zrs" | "lrs"): string => `holdfast-files-${redundancy}`;

/** Several zones are what replicas are spread over; within one zone it is the nodes. */
export function clusterShape(facts: SiteConfig): ClusterShape {
  switch (facts.platform) {
    case "existing": {
      const nodes = facts.servers.length;
      const spreadOver = { topologyKey: HOSTNAME_KEY, domains: nodes };
      return { nodes, spreadOver, taintedNodes: false, storageClass: facts.storageClass };
    }
    case "aks": {
      const { zones, workerPool, volumes } = facts;
      const spreadOver =
        zones.length > 1
          ? { topologyKey: ZONE_KEY, domains: zones.length }
          : { topologyKey: HOSTNAME_KEY, domains: workerPool.min };
      return {
        nodes: workerPool.min,
        spreadOver,
        taintedNodes: true,
        storageClass: managedClassName(volumes),
        sharedStorageClass: sharedClassName(volumes),
      };
    }
    default: {
      const never: never = facts;
      throw new Error(`platform of ${JSON.stringify(never)}: its cluster is unknown`);
    }
  }
}
