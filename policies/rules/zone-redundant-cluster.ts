import type { Declared } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import type { Site } from "../../resilience/system.ts";
import { counted, Findings, listed, threshold } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { zonesOf } from "../places.ts";
import type { StackRule, StackView } from "../rule.ts";

/** What keeps all but the cluster's own services off a pool (AKS, system node pools, 2025). */
const CRITICAL_ONLY = /^CriticalAddonsOnly=true:NoSchedule$/;

export const zoneRedundantCluster: StackRule = {
  name: "zone-redundant-cluster",
  kind: "stack",
  what: "A managed cluster has its nodes in several availability zones, its own services in a pool of their own, and a control plane with a service level.",
  ids: ["R7", "S2.3", "S3.3"],
  why: "A zone that fails takes every node in it, and with the last system node the cluster's name resolution.",
  fix: "Set availabilityZones of every pool, at least as many nodes as zones, a System pool with the taint CriticalAddonsOnly, and tier Standard.",
  level: "mandatory",
  settings: {
    zones: {
      type: "integer",
      description: "Availability zones that each pool must have nodes in. Two, as promised (R7).",
      default: 2,
      minimum: 1,
    },
  },
  subject: "a managed cluster",
  expected: ({ system }) => managed(system.sites).length > 0,
  evaluate(view, settings) {
    const findings = new Findings();
    for (const site of managed(view.system.sites)) {
      findings.subject();
      judge(site, threshold(settings, "zones"), findings);
      systemPool(view, site, threshold(settings, "zones"), findings);
    }
    return findings.verdict();
  },
};

/** Zones of a cluster of one's own are its owner's business: it is one zone, and another site the second. */
export function managed(sites: readonly Site[]): readonly Site[] {
  return sites.filter(({ platform }) => platform.state !== "known" || platform.value === "aks");
}

function judge(site: Site, wanted: number, findings: Findings): void {
  const named = site.servers.some(({ zone }) => zone !== undefined);
  const zones = findings.read(
    zonesOf(site),
    `the zones of the workers of ${site.name}`,
    site.urn,
    "Set availabilityZones of the pools",
  );
  const own = zones && named ? zones : [];
  if (zones && own.length < wanted)
    findings.add(
      site.urn,
      `the workers of ${site.name} are in ${counted(own.length, "zone")} at the fewest (${listed(own)}, ${counted(site.servers.length, "node")}), and ${wanted} are asked for. Set availabilityZones of the pool, and as many nodes (minCount) as zones.`,
    );
  if (site.systemZones) {
    const system = findings.read(
      site.systemZones,
      `the zones of the system pool of ${site.name}`,
      site.urn,
      "Set its availabilityZones",
    );
    if (system && system.length < wanted)
      findings.add(
        site.urn,
        `the cluster's own services of ${site.name} run in ${counted(system.length, "zone")} (${listed(system)}), and ${wanted} are asked for. Set availabilityZones and count of the System pool.`,
      );
  }
  const tier =
    site.controlPlaneTier &&
    findings.read(site.controlPlaneTier, `the tier of the control plane of ${site.name}`, site.urn, "Set sku.tier");
  if (tier === "Free")
    findings.add(
      site.urn,
      `the control plane of ${site.name} has tier ${tier}, which promises no availability. Set sku.tier to Standard.`,
    );
}

function systemPool(view: StackView, site: Site, wanted: number, findings: Findings): void {
  const objects = objectsOf(view);
  const clusters = ofAzure(view, "containerservice", "ManagedCluster", (urn) => objects.byUrn(urn));
  if (clusters.length === 0)
    findings.add(
      site.urn,
      `${site.name} is declared as AKS, and no ManagedCluster of this stack is its cluster. Declare it.`,
    );
  const pools = [
    ...clusters.flatMap(({ inputs, urn }) =>
      inputs
        .get("agentPoolProfiles")
        .items()
        .map((pool) => ({ pool, urn })),
    ),
    ...ofAzure(view, "containerservice", "AgentPool", (urn) => objects.byUrn(urn)).map(({ inputs, urn }) => ({
      pool: inputs,
      urn,
    })),
  ];
  const system = pools.filter(({ pool }) => pool.get("mode").value === "System");
  for (const { pool, urn } of system) {
    const fewest = pool.get("enableAutoScaling").value === true ? pool.get("minCount") : pool.get("count");
    const nodes = findings.read(fewest.number(), "how many nodes the System pool has", urn, "Set its count");
    if (nodes !== undefined && nodes < wanted)
      findings.add(
        urn,
        `the System pool ${plain(pool.get("name")) ?? ""} has ${counted(nodes, "node")} at the fewest, which can be in no ${wanted} zones. Set its count.`,
      );
    const taints = pool.get("nodeTaints").items().map(plain);
    if (!taints.some((taint) => taint !== undefined && CRITICAL_ONLY.test(taint)))
      findings.add(
        urn,
        `the System pool ${plain(pool.get("name")) ?? ""} takes any pod: a busy service starves the cluster's own ones. Taint it CriticalAddonsOnly=true:NoSchedule.`,
      );
  }
  if (clusters.length > 0 && system.length === pools.length)
    findings.add(clusters[0]?.urn, `${site.name} has no pool for the platform's own pods. Add one with mode User.`);
}

/** Resources of azure-native, whichever API version their type names. */
function ofAzure(
  { stack }: StackView,
  module: string,
  name: string,
  find: (urn: string) => Declared | undefined,
): readonly Declared[] {
  const pattern = new RegExp(`^azure-native:${module}(/v[0-9a-z]+)?:${name}$`);
  return stack.resources.filter(({ type }) => pattern.test(type)).flatMap(({ urn }) => find(urn) ?? []);
}
