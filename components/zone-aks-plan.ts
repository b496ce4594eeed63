import type { AksSiteConfig } from "../config/schema.ts";
import type { SiteContext } from "./context.ts";
import { BACKUP_SERVICE_ACCOUNT, namespaces, postgresName } from "./names.ts";

/**
 * Names in Azure, given instead of drawn at random: Services name the address and its group in their annotations, and
 * a person who looks for the site's cluster finds it. They are frozen once released.
 */
export const azureName = (site: string): string => `holdfast-${site}`;

/** Name of a node pool: 12 small letters and digits at the most (AKS). */
export const SYSTEM_POOL = "system";
export const workerPoolName = (zone: string): string => `workers${zone}`;

/**
 * Addresses. Nodes have theirs from the virtual network; pods (overlay) and Services have theirs from ranges of their own
 * that only the cluster knows. None of them meets the tunnel's network (`topology.overlay.network`, 10.255.0.0/24).
 */
export const NETWORK = {
  space: "10.240.0.0/16",
  nodeSubnet: "10.240.0.0/20",
  pods: "10.244.0.0/16",
  services: "10.0.0.0/16",
  /** Where the cluster's resolver listens, within `services`. */
  resolver: "10.0.0.10",
} as const;

/** What differs between the nodes of a pool and the defaults of AKS. */
const NODES = {
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  // The gateway's WireGuard needs the kernel's module, which Ubuntu's kernel has.
  osSKU: "Ubuntu",
  // Said, since AKS otherwise chooses by the size of the machine (ephemeral where that has a local disk that is large enough)
  // and nobody could tell what it costs. 128 GiB (a P10) is what it takes for up to 7 processors (Microsoft Learn, Storage
  // options in AKS, 30 July 2026); the databases do not lie on it. Neither can be changed while a pool lives.
  osDiskType: "Managed",
  osDiskSizeGB: 128,
  // A resolver on each node answers at an address of the node, which no NetworkPolicy can name on this network: pods would
  // resolve nothing. Said, since AKS means to switch it on by itself one day (Microsoft Learn, LocalDNS in AKS, August 2026).
  localDNSProfile: { mode: "Disabled" },
  // One at a time, and a node that does not empty within half an hour stops the upgrade instead of losing a database.
  upgradeSettings: { maxSurge: "1", drainTimeoutInMinutes: 30, undrainableNodeBehavior: "Schedule" },
} as const;

/** The nodes of the cluster's own parts: the taint keeps the platform's pods from them, and them from its load. */
export function systemPool({ zones, kubernetesVersion, systemPool: { size, nodes } }: AksSiteConfig) {
  return {
    ...NODES,
    name: SYSTEM_POOL,
    mode: "System",
    vmSize: size,
    count: nodes,
    availabilityZones: [...zones],
    orchestratorVersion: kubernetesVersion,
    nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
  };
}

/**
 * The nodes of the platform: one pool for each zone, because the autoscaler knows no zones. Of one pool over all of them it
 * may take away a zone's last node, and adds nodes in whichever zone Azure picks, while pods that are spread over zones wait
 * (Microsoft Learn, cluster autoscaler overview, August 2026). The site's fewest and most nodes are shared out evenly.
 */
export function workerPools({ zones, kubernetesVersion, workerPool: { size, min, max } }: AksSiteConfig) {
  return zones.map((zone, index) => {
    const share = (nodes: number): number => Math.floor(nodes / zones.length) + (index < nodes % zones.length ? 1 : 0);
    return {
      ...NODES,
      agentPoolName: workerPoolName(zone),
      mode: "User",
      vmSize: size,
      enableAutoScaling: true,
      minCount: share(min),
      maxCount: share(max),
      // Where it begins; afterwards the number is the autoscaler's.
      count: share(min),
      availabilityZones: [zone],
      orchestratorVersion: kubernetesVersion,
    };
  });
}

/** Premium SSDs: a database waits for its disk at every commit. Written once per zone (ZRS), or three times in one (LRS). */
export const DISK_SKUS = { zrs: "Premium_ZRS", lrs: "Premium_LRS" } as const;

/** A service account of the cluster. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The cluster beside the real one into which a person restores (docs/restore.md). */
const POSTGRES_RESTORE = "pg-restore";

/**
 * Who is let into the site's backup store, by the platform's word for it instead of a key: PostgreSQL's pods, whose account
 * the operator names after the cluster, and the jobs. MongoDB's agents need an account's key (components/site-store.ts).
 * 20 at the most (Azure).
 */
export function workloadServiceAccounts({ site }: Pick<SiteContext, "site">): readonly ServiceAccountName[] {
  return [postgresName(site), POSTGRES_RESTORE, BACKUP_SERVICE_ACCOUNT].map((name) => ({
    namespace: namespaces.platform,
    name,
  }));
}

/** The subject of the tokens that the cluster gives a service account. */
export const subjectOf = ({ namespace, name }: ServiceAccountName): string =>
  `system:serviceaccount:${namespace}:${name}`;

/** Built-in roles of Azure (learn.microsoft.com, Azure built-in roles, 2026). */
export const ROLES = { networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7" } as const;

/**
 * Full id of a built-in role in the subscription of some resource.
 *
 * @throws Error if the id is none of a resource in a subscription
 */
export function roleDefinitionId(resourceId: string, role: string): string {
  const subscription = /^\/subscriptions\/([^/]+)\//.exec(`${resourceId}/`)?.[1];
  if (subscription === undefined) throw new Error(`${resourceId}: no subscription in this id`);
  return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}
