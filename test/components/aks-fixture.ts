import { siteContext } from "../../components/context.ts";
import type { SiteContext } from "../../components/context.ts";
import { siteSchema } from "../../config/schema.ts";
import type { AksSiteConfig } from "../../config/schema.ts";
import { allAzure } from "../../topologies/all-azure.ts";
import { primaryOf } from "../../topologies/index.ts";
import type { Topology } from "../../topologies/types.ts";
import { contextOf } from "./site-fixture.ts";

/** A site on AKS in three zones, as a config gives it. */
export const aksInput = {
  platform: "aks",
  location: "westeurope",
  zones: ["1", "2", "3"],
  kubernetesVersion: "1.34",
  systemPool: { size: "Standard_D4s_v5", nodes: 3 },
  workerPool: { size: "Standard_D4s_v5", min: 3, max: 6 },
  backupStore: { account: "examplebackups", container: "holdfast", lockedFor: "35d" },
  nameServer: "ns-azure.example.org",
  overlayEndpoint: "overlay-azure.example.org:51820",
};

/** Its facts, with some of them changed. */
export function aksFacts(changed: Record<string, unknown> = {}): AksSiteConfig {
  const facts = siteSchema.parse({ ...aksInput, ...changed });
  if (facts.platform !== "aks") throw new Error("a site on aks is wanted");
  return facts;
}

/** What a component is told at the primary site of a topology, on AKS. */
export function aksContext(changed: Record<string, unknown> = {}, topology: Topology = allAzure): SiteContext {
  const site = primaryOf(topology);
  const { platform } = contextOf(site, { topology });
  return siteContext({ topology, site, active: site, platform, facts: aksFacts(changed) });
}
