import { valueOf } from "./fact.ts";
import type { Site } from "./system.ts";

/** Names of the zones inside a site that its servers are in; none where the site is one zone, or nothing tells. */
export function zonesOf(site: Site): readonly string[] {
  const zones = site.servers.flatMap(({ zone }) => (zone === undefined ? [] : (valueOf(zone) ?? [])));
  return [...new Set(zones)].sort();
}

/** Zones of a site: those inside it, or itself. */
export function zoneCount(site: Site): number {
  return Math.max(1, zonesOf(site).length);
}
