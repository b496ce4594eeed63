import { orDefault } from "../observe/field.ts";
import type { Field } from "../observe/field.ts";
import { valueOf } from "../fact.ts";
import type { Fact } from "../fact.ts";
import { diskPrice } from "./disk-tiers.ts";
import { ofAzureType, times, wanted } from "./draft.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { items } from "./items.ts";

const GIB = 2 ** 30;
/** AKS puts a node's managed system disk on Premium SSD where the size of the machine allows it (an `s` in its name). */
const SYSTEM_DISK = "Premium_LRS";

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
  const disk = systemDisk(pool, name);
  if (disk === "none") return;
  if (typeof disk === "object") unknown.push(`${site}: ${disk.why}`);
  else add(`${times(nodes, `${SYSTEM_DISK} ${disk}`)} (system disks of pool ${name})`, items.disk(SYSTEM_DISK, disk));
}

function countsOf(pool: Field): { readonly fewest: Fact<number>; readonly most?: Fact<number> } {
  return valueOf(pool.get("enableAutoScaling").boolean()) === true
    ? { fewest: pool.get("minCount").number(), most: pool.get("maxCount").number() }
    : { fewest: pool.get("count").number() };
}

/** Ephemeral disks are part of the machine's price; without a type AKS chooses by the size of the machine. */
function systemDisk(pool: Field, name: string): string | { readonly why: string } {
  const type = pool.get("osDiskType");
  const named = type.text();
  if (named.state !== "known")
    return { why: `system disks of pool ${name}: ${named.why}, and whether they cost anything depends on it` };
  if (named.value === "Ephemeral") return "none";
  const size = pool.get("osDiskSizeGB").number();
  if (size.state !== "known") return { why: `system disks of pool ${name}: ${size.why}` };
  const price = diskPrice(SYSTEM_DISK, size.value * GIB);
  return price.by === "tier" ? price.tier : { why: `system disks of pool ${name}: no tier for ${size.value} GiB` };
}
