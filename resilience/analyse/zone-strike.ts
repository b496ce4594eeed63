import { valueOf } from "../fact.ts";
import type { Site } from "../system.ts";
import { afterDeath } from "./failover.ts";
import type { Strike } from "./strike.ts";
import type { World } from "./world.ts";

/** One of the zones inside a site dies: its servers, and what lies in no other zone. */
export function zoneStrike(before: World, siteName: string, zone: string): Strike {
  const site = before.site(siteName);
  if (!site) return { lasting: [], heals: [] };
  const dead = new Set([zone]);
  for (const key of before.broken)
    if (key.startsWith(`zone:${siteName}/`)) dead.add(key.slice(`zone:${siteName}/`.length));
  const keys = [`zone:${siteName}/${zone}`, ...addressKeys(site, dead)];
  const system =
    site.systemZones && before.trail.read(site.systemZones, `zones of the cluster's own services at ${siteName}`);
  if (system && system.length > 0 && system.every((each) => dead.has(each))) {
    before.trail.say(
      `the cluster's own services at ${siteName}, which resolve every name in it, run in the dead zone alone: nothing at ${siteName} works without them`,
      site.urn,
    );
    return { lasting: [...keys, `site:${siteName}`], heals: [] };
  }
  const inZone = site.servers.filter((server) => server.zone && valueOf(server.zone) === zone).map(({ name }) => name);
  const unplaced = site.servers.filter((server) => server.zone && valueOf(server.zone) === undefined);
  for (const server of unplaced)
    if (server.zone) before.trail.read(server.zone, `the zone of ${server.name} at ${siteName}`);
  const death = afterDeath(before, site, inZone, "with its zone");
  return { lasting: [...keys, ...death.lasting], heals: death.heals };
}

/** Without its zone an address answers nobody; one that several zones hold goes on. */
function addressKeys(site: Site, dead: ReadonlySet<string>): readonly string[] {
  if (!site.addressZones) return [];
  const zones = valueOf(site.addressZones);
  if (zones === undefined) return [`address?:${site.name}`];
  return zones.length > 0 && zones.every((zone) => dead.has(zone)) ? [`address:${site.name}`] : [];
}
