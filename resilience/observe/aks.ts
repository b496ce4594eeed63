import { known, mapFact, unknown, valueOf } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { Server, Site } from "../system.ts";
import type { Declared, Declarations } from "./declarations.ts";
import { combine, orDefault, plain } from "./field.ts";
import type { Field } from "./field.ts";
import { vmSizeOf } from "./vm-sizes.ts";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";
const ADDRESS = "azure-native:network:PublicIPAddress";

/** What the resources of a managed cluster on Azure tell of its site. */
export interface AksSite {
  readonly servers: readonly Server[];
  readonly facts: Pick<Site, "mostServers" | "systemZones" | "addressZones" | "controlPlaneTier">;
  readonly enforcesNetworkPolicies: Fact<boolean>;
}

interface Pool {
  readonly name: string;
  readonly fields: Field;
  readonly system: boolean;
}

export function aksCluster(declarations: Declarations, site: string): Declared | undefined {
  return declarations.ofType(CLUSTER, site)[0];
}

/** The site's cluster on AKS; undefined if it declares none. */
export function observeAks(declarations: Declarations, site: string): AksSite | undefined {
  const cluster = aksCluster(declarations, site);
  if (!cluster) return undefined;
  const pools = poolsOf(declarations, cluster);
  const workers = pools.filter(({ fields }) => takesPods(fields));
  for (const { name, fields } of workers) {
    const fewest = fewestOf(fields);
    if (fewest.state !== "known")
      declarations.miss(fields, `how many nodes pool ${name} has can't be read: ${fewest.why}`);
  }
  const { inputs } = cluster;
  return {
    servers: workers.flatMap((pool) => serversOf(cluster, pool)),
    facts: {
      mostServers: combine(
        workers.map(({ fields }) => (autoscales(fields) ? fields.get("maxCount") : fields.get("count")).number()),
        (counts) => counts.reduce((a, b) => a + b, 0),
        { urn: cluster.urn, path: "agentPoolProfiles" },
      ),
      systemZones: combine(
        pools.filter(({ system }) => system).map(({ fields }) => fields.get("availabilityZones").texts()),
        (zones) => [...new Set(zones.flat())],
        { urn: cluster.urn, path: "agentPoolProfiles" },
      ),
      ...addressZonesOf(declarations, site),
      // `Free` where nothing is said (ManagedClusterSKUTier, API version 2025-08-01).
      controlPlaneTier: orDefault(inputs.get("sku", "tier"), inputs.get("sku", "tier").text(), "Free"),
    },
    enforcesNetworkPolicies: enforcement(inputs.get("networkProfile")),
  };
}

/** The cluster's own list, and the pools that are resources beside it; one of both names is the same pool. */
function poolsOf(declarations: Declarations, cluster: Declared): readonly Pool[] {
  const inline = cluster.inputs
    .get("agentPoolProfiles")
    .items()
    .map((fields) => ({ name: plain(fields.get("name")) ?? "", fields }));
  const beside = declarations
    .ofType(POOL, cluster.site)
    .map(({ name, inputs }) => ({ name: plain(inputs.get("agentPoolName")) ?? name, fields: inputs }));
  return [...inline.filter(({ name }) => !beside.some((other) => other.name === name)), ...beside].map((pool) => ({
    ...pool,
    system: plain(pool.fields.get("mode")) === "System",
  }));
}

/** A taint keeps pods away that do not tolerate it, and the platform's tolerate none of a pool's. */
function takesPods(pool: Field): boolean {
  return !pool
    .get("nodeTaints")
    .items()
    .some((taint) => /:(NoSchedule|NoExecute)$/.test(plain(taint) ?? ""));
}

function autoscales(pool: Field): boolean {
  return pool.get("enableAutoScaling").value === true;
}

/** With the autoscaler nothing keeps more nodes than its fewest. */
function fewestOf(pool: Field): Fact<number> {
  return (autoscales(pool) ? pool.get("minCount") : pool.get("count")).number();
}

/** Azure names its nodes when it makes them: until then they are counted. @param index from 0 */
export const nodeName = (pool: string, index: number): string => `${pool}-${index + 1}`;

/**
 * The nodes of a pool, at the fewest. Azure spreads them evenly over the pool's zones, as far as it has machines there
 * (Microsoft Learn, Zone resiliency recommendations for AKS, 5 June 2026: best-effort zone balancing).
 */
function serversOf(cluster: Declared, { name, fields }: Pool): readonly Server[] {
  const zones = fields.get("availabilityZones");
  const size = fields.get("vmSize");
  const part = (key: "cores" | "memory"): Fact<number> =>
    size.read("a size of Azure's machines that Holdfast knows", (value) =>
      typeof value === "string" ? vmSizeOf(value)?.[key] : undefined,
    );
  return Array.from({ length: valueOf(fewestOf(fields)) ?? 0 }, (_, index) => ({
    name: nodeName(name, index),
    zone: mapFact(zoned(zones), (all) => all[index % all.length] ?? ""),
    cores: part("cores"),
    memory: part("memory"),
    arrays: [],
    systemArray: unknown<string>(`the provider answers for the disk on which the system of ${name} lies`, size.source),
    controlPlane: known(false, { urn: cluster.urn, path: "" }),
  }));
}

function zoned(zones: Field): Fact<readonly string[]> {
  const read = zones.texts();
  return read.state === "known" && read.value.length === 0
    ? unknown(`${zones.path} names no zone: Azure puts the nodes into any`, zones.source)
    : read;
}

/** The zones that hold the address by which clients come in; several addresses, several answers: none is taken. */
function addressZonesOf(declarations: Declarations, site: string): Pick<Site, "addressZones"> {
  const [address, ...others] = declarations.ofType(ADDRESS, site);
  if (!address || others.length > 0) return {};
  return { addressZones: address.inputs.get("zones").texts() };
}

/**
 * Without a policy engine AKS takes NetworkPolicies and enforces none (Microsoft Learn, Secure traffic between pods with
 * network policies, 18 August 2026). The dataplane cilium is one itself and needs no other (Azure CNI powered by Cilium, 5
 * August 2026).
 */
function enforcement(profile: Field): Fact<boolean> {
  const policy = profile.get("networkPolicy");
  const dataplane = profile.get("networkDataplane");
  if (policy.absent && !dataplane.absent)
    return dataplane.read("azure or cilium", (value) =>
      value === "cilium" ? true : value === "azure" ? false : undefined,
    );
  return orDefault(
    policy,
    policy.read("azure, calico, cilium or none", (value) =>
      value === "azure" || value === "calico" || value === "cilium" ? true : value === "none" ? false : undefined,
    ),
    false,
  );
}
