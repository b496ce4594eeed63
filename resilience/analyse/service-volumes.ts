import { valueOf } from "../fact.ts";
import type { Service } from "../system.ts";
import { all } from "./tri.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/**
 * After the death of some of a site's servers: are the service's volumes where its pods are, or can be? One that a single
 * server mounts was on a dead one at worst. A share goes on in the other zones, unless it lies in one alone.
 */
export function volumesInReach(world: World, service: Service): Tri {
  const site = world.site(service.site);
  if (!site || site.servers.every(({ name }) => !world.has(`server:${name}`))) return "yes";
  return all(service.volumes.map((name) => inReach(world, service, name)));
}

function inReach(world: World, service: Service, name: string): Tri {
  const { trail, system } = world;
  const volume = system.volumes.find((one) => one.name === name && one.site === service.site);
  const storage = world.managed(service.site, volume && valueOf(volume.storageClass));
  const shared = storage?.shared && volume?.shared && trail.read(volume.shared, `access modes of ${name}`);
  if (!storage || shared === false || shared === undefined) {
    const server = volume?.server && valueOf(volume.server);
    if (server !== undefined && !world.has(`server:${server}`)) return "yes";
    trail.say(
      server === undefined
        ? `the volume of ${service.name} lies on one server of ${service.site}: at worst the dead one`
        : `the volume of ${service.name} lies on ${server}, which is dead`,
      service.urn,
    );
    return "no";
  }
  if (![...world.broken].some((key) => key.startsWith(`zone:${service.site}/`))) return "yes";
  const redundancy = trail.read(storage.redundancy, `redundancy of the shares of ${storage.name}`);
  switch (redundancy) {
    case "zrs":
      return "yes";
    case "lrs":
      trail.say(`the share ${name} is kept in one zone of ${service.site}: at worst the dead one`, storage.urn);
      return "no";
    case undefined:
      return "unknown";
    default: {
      const never: never = redundancy;
      throw new Error(`redundancy ${String(never)}`);
    }
  }
}

/** Do its pods run where a volume of theirs was found, on a server that lives? One that a single server mounts keeps them there. */
export function heldByVolume(world: World, service: Service): boolean {
  return service.volumes.some((name) => {
    const volume = world.system.volumes.find((one) => one.name === name && one.site === service.site);
    const server = volume?.server && valueOf(volume.server);
    return server !== undefined && !world.has(`server:${server}`);
  });
}
