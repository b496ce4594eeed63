import { z } from "zod";
import type { RecordedResource } from "../../planner/harness.ts";
import { RefusedError } from "../../planner/site-run.ts";
import { reveal } from "../../planner/wire.ts";
import { valueOf } from "../../resilience/fact.ts";
import type { Server, Site } from "../../resilience/system.ts";
import type { PlannedObject } from "../apply/cluster.ts";
import type { Difference } from "../apply/difference.ts";
import type { ServerSpec, SharedStorage } from "../site/spec.ts";
import type { PlannedSite } from "./planned.ts";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const ADDRESS = "azure-native:network:PublicIPAddress";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

const zone = z.object({
  platform: z.literal("aks"),
  region: z.string(),
});
const cluster = z.object({
  networkProfile: z.object({ podCidr: z.string(), serviceCidr: z.string() }),
});
const storageClass = z.object({
  metadata: z.object({ name: z.string() }),
  provisioner: z.string(),
  parameters: z.object({ skuName: z.string().endsWith("_ZRS", "must be zone-redundant, which any node may attach") }),
  volumeBindingMode: z.enum(["Immediate", "WaitForFirstConsumer"]),
});
const address = z.object({ ipAddress: z.ipv4() });

/** Reads what a site's resources on Azure declare. @throws where the lab cannot build it, with every reason */
export function plannedAksSite(
  zoneInputs: unknown,
  resources: readonly RecordedResource[],
  objects: readonly PlannedObject[],
  site: Site,
): PlannedSite {
  const wrong: string[] = [];
  const read = <T>(what: string, schema: z.ZodType<T>, value: unknown): T | undefined => {
    const { success, data, error } = schema.safeParse(value);
    if (!success) wrong.push(...error.issues.map(({ path, message }) => `${[what, ...path].join(".")}: ${message}`));
    return data;
  };
  const of = (type: string): readonly RecordedResource[] => resources.filter((one) => one.type === type);
  const facts = read("Zone", zone, zoneInputs);
  const [aks, ...clusters] = of(CLUSTER);
  if (clusters.length > 0) wrong.push(`ManagedCluster: ${clusters.length + 1} of them`);
  const ranges = read("ManagedCluster", cluster, aks?.inputs);
  const [ip, ...addresses] = of(ADDRESS);
  if (addresses.length > 0) wrong.push(`PublicIPAddress: ${addresses.length + 1} of them`);
  const place = read("PublicIPAddress", address, reveal(ip?.wireOutputs));
  const classes = of(STORAGE_CLASS).map((one) => read("StorageClass", storageClass, one.inputs));
  const enforced = valueOf(site.enforcesNetworkPolicies);
  if (enforced === undefined) wrong.push("whether network policies are enforced is not known");
  if (site.servers.length === 0) wrong.push("AgentPool: no node that takes pods");
  if (wrong.length > 0 || facts === undefined || ranges === undefined || place === undefined)
    throw new RefusedError(
      `the lab cannot build ${site.name} (${wrong.join("; ")})\n  fix: drill a topology whose sites declare this`,
    );
  const { podCidr, serviceCidr } = ranges.networkProfile;
  return {
    name: site.name,
    publicAddress: place.ipAddress,
    ranges: { podRange: podCidr, serviceRange: serviceCidr },
    enforcePolicies: enforced === true,
    // The control plane is the provider's: nobody tunes it, and Kubernetes' defaults are what is known of it.
    nodeMonitor: {},
    servers: [
      { name: `${site.name}-control-plane`, controlPlane: true, pods: false },
      ...site.servers.map((server) => nodeOf(server, facts.region)),
    ],
    sharedStorage: classes.flatMap((one): SharedStorage[] =>
      one === undefined
        ? []
        : [
            {
              storageClass: one.metadata.name,
              provisioner: one.provisioner,
              immediate: one.volumeBindingMode === "Immediate",
            },
          ],
    ),
    lacks: aksLacks,
    differences: aksDifferences(site.name),
    objects,
    resources,
  };
}

/** A node with the labels by which AKS tells where it is (Microsoft Learn, Use availability zones in AKS, 2025). */
function nodeOf({ name, zone: where, cores }: Server, region: string): ServerSpec {
  const number = where === undefined ? undefined : valueOf(where);
  const processors = valueOf(cores);
  return {
    name,
    labels: {
      "topology.kubernetes.io/region": region,
      ...(number === undefined ? {} : { "topology.kubernetes.io/zone": `${region}-${number}` }),
      "kubernetes.azure.com/agentpool": name.replace(/-\d+$/, ""),
    },
    ...(processors === undefined ? {} : { processors }),
  };
}

/** What a cluster that stands in for Azure's cannot show, by what a drill needs. */
const aksLacks = {
  "own store": "its backups go to a blob account of Azure, and no stand-in for one is run",
} as const;

const aksDifferences = (site: string): readonly Difference[] => {
  const of = (subject: string, what: string, why: string): Difference => ({
    subject: `${site}: ${subject}`,
    what,
    why,
  });
  const absent = "Azure's own service cannot be had here";
  return [
    of(
      "nodes",
      "the fewest nodes that its worker pools declare, labelled with their zones; the system pool is not built, and the cluster's DNS runs on the workers; no autoscaler adds a node, and none is repaired or replaced",
      absent,
    ),
    of(
      "control plane",
      "one etcd and API server beside the nodes, which no fault of a zone touches; its settings are Kubernetes' defaults",
      "what AKS runs, and in which zones, is not told",
    ),
    of(
      "disks and file shares",
      "folders that every node finds at once and that outlive it, with what a dead node had not yet written out: no attaching, no wait for a dead node to let go, no NFS; how long a volume takes to follow its pod is not measured",
      "Azure's drivers need Azure's disks",
    ),
    of(
      "backups",
      "no blob account: nothing is archived or copied there, nothing is restored from there, and the write-ahead log is kept on the volume; restores, archives and backups of this site are not measured",
      absent,
    ),
    of("workload identity", "pods get no token for Azure: nothing changes their environment", absent),
    of(
      "addresses that leave it",
      "what a pod sends leaves with its node's address, not with one of the balancer's",
      absent,
    ),
  ];
};
