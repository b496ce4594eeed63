import { orDefault } from "../observe/field.ts";
import type { Field } from "../observe/field.ts";
import { vmSizeOf } from "../observe/vm-sizes.ts";
import { valueOf } from "../fact.ts";
import type { Fact } from "../fact.ts";
import { diskPrice } from "./disk-tiers.ts";
import { ofAzureType, times, wanted } from "./draft.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { items } from "./items.ts";

const GIB = 2 ** 30;
/**
 * AKS makes a node's managed system disk a Premium SSD: its table of default sizes names tiers of nothing else (Microsoft
 * Learn, Storage options in AKS, 30 July 2026). Machines that take no Premium SSD are none of `vmSizeOf`.
 */
const SYSTEM_DISK = "Premium_LRS";
/** What it takes where a pool names no size, or 0, GiB by the fewest processors of the machine (same place). */
const DEFAULT_SIZES: readonly { readonly cores: number; readonly gib: number }[] = [
  { cores: 64, gib: 1024 },
  { cores: 16, gib: 512 },
  { cores: 8, gib: 256 },
  { cores: 1, gib: 128 },
];

/** The cluster's control plane and its nodes, with the disks on which their systems lie. */
export function clusterCost(view: SiteView): Found {
  const lines: Draft[] = [];
  const unknown: string[] = [];
  for (const { urn, inputs } of ofAzureType(view, "containerservice:ManagedCluster")) {
    // Without a tier the API takes `Free` (ManagedClusterSKUTier, 2025-08-01).
    const tier = inputs.get("sku", "tier");
    const named = wanted(orDefault(tier, tier.text(), "Free"), view.site, "the cluster's tier", unknown);
    if (named !== undefined && named !== "Free")
      lines.push({
        site: view.site,
        what: `AKS control plane, tier ${named}`,
        item: items.aks(named),
        quantity: 1,
        unit: "month",
        urns: [urn],
        serves: [],
      });
    for (const pool of inputs.get("agentPoolProfiles").items())
      poolCost(view.site, pool, pool.get("name"), lines, unknown);
  }
  for (const { inputs, name } of ofAzureType(view, "containerservice:AgentPool")) {
    const called = inputs.get("agentPoolName");
    poolCost(view.site, inputs, called.absent ? name : called, lines, unknown);
  }
  return { lines, unknown };
}

function poolCost(site: string, pool: Field, called: Field | string, lines: Draft[], unknown: string[]): void {
  const name = typeof called === "string" ? called : (valueOf(called.text()) ?? "unnamed");
  const { fewest, most } = countsOf(pool);
  const nodes = wanted(fewest, site, `nodes of pool ${name}`, unknown);
  const size = wanted(pool.get("vmSize").text(), site, `size of the nodes of pool ${name}`, unknown);
  if (nodes === undefined || size === undefined) return;
  const mode = valueOf(pool.get("mode").text()) === "System" ? "system" : "workers";
  const limit = most === undefined ? undefined : wanted(most, site, `the most nodes of pool ${name}`, unknown);
  const add = (what: string, item: string): void => {
    lines.push({
      site,
      what,
      item,
      quantity: nodes,
      unit: "month",
      ...(limit === undefined ? {} : { mostQuantity: limit }),
      urns: [pool.urn],
      serves: [],
    });
  };
  add(`${times(nodes, size)} (pool ${name}, ${mode})`, items.node(size));
  const disk = systemDisk(pool, name, size);
  if (disk === "none") return;
  if (typeof disk === "object") unknown.push(`${site}: ${disk.why}`);
  else add(`${times(nodes, `${SYSTEM_DISK} ${disk}`)} (system disks of pool ${name})`, items.disk(SYSTEM_DISK, disk));
}

function countsOf(pool: Field): { readonly fewest: Fact<number>; readonly most?: Fact<number> } {
  return valueOf(pool.get("enableAutoScaling").boolean()) === true
    ? { fewest: pool.get("minCount").number(), most: pool.get("maxCount").number() }
    : { fewest: pool.get("count").number() };
}

/**
 * Ephemeral disks are part of the machine's price; without a type AKS takes one where the machine's local disk is large
 * enough, which no resource tells.
 */
function systemDisk(pool: Field, name: string, vmSize: string): string | { readonly why: string } {
  const type = pool.get("osDiskType");
  const named = type.text();
  if (named.state !== "known")
    return { why: `system disks of pool ${name}: ${named.why}, and whether they cost anything depends on it` };
  if (named.value === "Ephemeral") return "none";
  const machine = vmSizeOf(vmSize);
  if (!machine) return { why: `system disks of pool ${name}: on which kind of disk AKS puts them for ${vmSize}` };
  const declared = pool.get("osDiskSizeGB");
  const size = orDefault(declared, declared.number(), 0);
  if (size.state !== "known") return { why: `system disks of pool ${name}: ${size.why}` };
  const gib = size.value > 0 ? size.value : DEFAULT_SIZES.find(({ cores }) => machine.cores >= cores)?.gib;
  if (gib === undefined) return { why: `system disks of pool ${name}: no size for ${machine.cores} processors` };
  const price = diskPrice(SYSTEM_DISK, gib * GIB);
  return price.by === "tier" ? price.tier : { why: `system disks of pool ${name}: no tier for ${gib} GiB` };
}
