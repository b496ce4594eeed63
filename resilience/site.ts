import type { Fact } from "./fact.ts";
import type { Level } from "../topologies/levels.ts";

/** A place with its own power, uplink and cluster; in S1 each site is one availability zone. */
export interface Site {
  readonly name: string;
  readonly urn: string;
  readonly stack: string;
  /** `existing` (a cluster of one's own) or `aks`. */
  readonly platform: Fact<string>;
  /** Who runs the site's machines, such as `azure`; absent: nobody is named, it is its owner's. */
  readonly provider?: Fact<string>;
  /** The provider's region, such as `westeurope`. */
  readonly region?: Fact<string>;
  /** ISO 3166-1 alpha-2, of servers of one's own; a provider's region tells its own. */
  readonly country?: Fact<string>;
  /** Servers, at the fewest; those of a pool that scales by itself are `<pool>-<n>`. */
  readonly servers: readonly Server[];
  /** Servers at the most, where pools scale by themselves; absent: as many as `servers`. */
  readonly mostServers?: Fact<number>;
  /** HorizontalPodAutoscalers: without one no load makes more pods, for which pools would grow. Absent: not read. */
  readonly podAutoscalers?: number;
  /** Zones in which the cluster's own services (name resolution among them) run; absent: on `servers`. */
  readonly systemZones?: Fact<readonly string[]>;
  readonly uplink: Fact<number>;
  readonly publicAddresses: Fact<readonly string[]>;
  /** Zones in which a provider's public address is held; absent: the address is not a provider's. */
  readonly addressZones?: Fact<readonly string[]>;
  /** Does the cluster's network enforce NetworkPolicies? */
  readonly enforcesNetworkPolicies: Fact<boolean>;
  /** Storage class → the array (of any server) on which its volumes lie. */
  readonly storageClasses: readonly { readonly name: string; readonly array: Fact<string> }[];
  /** Storage classes whose volumes a provider keeps: they outlive their server and can be attached to another one. */
  readonly managedStorage?: readonly ManagedStorage[];
  /** Seconds after which a node that stopped answering is NotReady: only then do its pods leave their Services. */
  readonly nodeGrace?: Fact<number>;
  /** Seconds between two looks of the control plane at its nodes; absent: not read, Kubernetes' default holds. */
  readonly nodePeriod?: Fact<number>;
  /** Seconds after which a pod on a node that stopped answering is evicted (NotReady detection + toleration). */
  readonly nodeEviction: Fact<number>;
  /** Do control plane and etcd run on the site's servers (so that they die with them)? */
  readonly controlPlane: Fact<"own" | "provider">;
  /** The provider's tier of the control plane, such as `Standard`; `Free` has no service level agreement. */
  readonly controlPlaneTier?: Fact<string>;
}

/** Copies within one zone (`lrs`), or one in each of three zones of the region (`zrs`). */
export type VolumeRedundancy = "lrs" | "zrs";

/** As {@link VolumeRedundancy}; with a `g`, asynchronous copies in the paired region too. */
export type AccountRedundancy = VolumeRedundancy | "grs" | "gzrs";

/** `lrs`: a volume can be attached to the servers of its own zone; `zrs`: to any server of the region. */
export interface ManagedStorage {
  /** Name of the storage class. */
  readonly name: string;
  readonly urn: string;
  readonly redundancy: Fact<VolumeRedundancy>;
  /** File shares, which any number of servers mount over the network: none is attached to one, or has to be freed by it. */
  readonly shared?: boolean;
}

/** What a rule that keeps pods apart keeps them apart over. */
export type SpreadDomain = "node" | "zone";

export interface Server {
  readonly name: string;
  /** Its zone inside the site; absent: the site is one zone. */
  readonly zone?: Fact<string>;
  readonly cores: Fact<number>;
  readonly memory: Fact<number>;
  readonly arrays: readonly DiskArray[];
  /** The array on which its own system lies (boot disk, Kubernetes' state): the server dies with it. */
  readonly systemArray: Fact<string>;
  /** Does a member of the cluster's control plane run on it? */
  readonly controlPlane: Fact<boolean>;
}

export interface DiskArray {
  readonly name: string;
  readonly server: string;
  readonly level: Fact<Level>;
  readonly disks: Fact<number>;
}
