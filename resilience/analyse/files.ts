import { valueOf } from "../fact.ts";
import type { Service } from "../system.ts";
import { failed, OK, UNKNOWN } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { managedLost } from "./managed.ts";
import { postIsRead } from "./routes.ts";
import { all, not } from "./tri.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/** Files lie where the service's writes go; a volume of the same name elsewhere holds no copy of them. */
export function files(world: World, service: Service, name: string): Answer {
  const homes = filesHomes(world, service.name);
  if (!homes.includes(service.site)) {
    world.trail.say(
      `${service.site} has no copy of the files of ${name}: they lie at ${homes.join(" and ") || "no site"}, and no database replicates them`,
      service.urn,
    );
    return failed(404);
  }
  return writeFiles(world, service);
}

export function writeFiles(world: World, service: Service): Answer {
  const volumes = world.system.volumes.filter(
    ({ site, name }) => site === service.site && service.volumes.includes(name),
  );
  const kept = all(
    volumes.map((volume) => volumeKept(world, volume.site, valueOf(volume.storageClass), volume.name, volume.urn)),
  );
  return kept === "yes" ? OK : kept === "no" ? failed(500) : UNKNOWN;
}

export function volumeKept(
  world: World,
  site: string,
  storageClass: string | undefined,
  name: string,
  urn: string,
): Tri {
  if (world.has("corrupted:uploads")) {
    world.trail.say(`the files of ${name} are damaged until a person restores them`, urn);
    return "no";
  }
  if (!world.storageTouched(site)) return "yes";
  if (world.managed(site, storageClass)) return not(managedLost(world, site, `the files of ${name}`, urn));
  const hosts = world.arraysOf(site, storageClass);
  if (!hosts || hosts.length === 0) {
    world.trail.missing(`which array the volume ${name} at ${site} lies on`, urn);
    return "unknown";
  }
  const kept = all(hosts.map(({ server, array }) => world.arrayKept(server, array)));
  if (kept === "no")
    world.trail.say(`the files of ${name} lay on array ${hosts[0]?.array ?? ""} at ${site}, which is lost`, urn);
  return kept;
}

/** Sites to which the proxies send the writes of a service: there its files come to lie. */
export function filesHomes(world: World, service: string): readonly string[] {
  const homes = world.system.proxies.flatMap((proxy) =>
    proxy.routes
      .filter(
        (route) =>
          route.entry === "public" &&
          (route.methods === undefined || route.methods.includes("POST")) &&
          !route.paths.every((path) => postIsRead(world.system, service, path)),
      )
      .flatMap(({ backends }) =>
        backends
          .filter((backend) => backend.service === service)
          .slice(0, 1)
          .map(({ site }) => site),
      ),
  );
  return [...new Set(homes)];
}
