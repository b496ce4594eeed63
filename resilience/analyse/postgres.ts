import type { PostgresCluster, Site } from "../system.ts";
import { managedLost } from "./managed.ts";
import { apartOf, mostHit } from "./placement.ts";
import { all, any, not, tri } from "./tri.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/** What a store does for a client now. */
export interface StoreState {
  readonly reads: Tri;
  readonly writes: Tri;
  /** Do its reads miss writes that are accepted elsewhere? */
  readonly stale: Tri;
  /** Is anything of it there to be spoken to, whatever it answers? */
  readonly reached: Tri;
}

/** Instances of a cluster that run and have their data, in the worst placement that its anti-affinity allows. */
export function instancesAlive(
  world: World,
  cluster: PostgresCluster,
): { readonly count: number | undefined; readonly lost: Tri } {
  const up = world.siteUp(cluster.site);
  const site = world.site(cluster.site);
  const instances = world.trail.read(cluster.instances, `instances of ${cluster.name}`);
  if (up === "unknown" || !site || instances === undefined) return { count: undefined, lost: "unknown" };
  if (!world.storageTouched(cluster.site) && up === "yes" && world.serversUp(site).length === site.servers.length)
    return { count: instances, lost: "no" };
  const storageClass = world.trail.read(cluster.storageClass, `storage class of ${cluster.name}`);
  if (world.managed(cluster.site, storageClass)) return managedInstances(world, cluster, site, instances);
  const hosts = world.arraysOf(cluster.site, storageClass);
  if (!hosts || hosts.length === 0) {
    world.trail.missing(`which array the volumes of ${cluster.name} lie on`, cluster.urn);
    return { count: undefined, lost: "unknown" };
  }
  const antiAffinity = world.trail.read(cluster.antiAffinity, `anti-affinity of ${cluster.name}`);
  const spread = antiAffinity === "required" ? Math.min(instances, hosts.length) : 1;
  const states = hosts.map(({ server, array }) => ({
    kept: world.arrayKept(server, array),
    up: tri(!world.has(`server:${server}`)),
  }));
  const lostArrays = states.filter(({ kept }) => kept === "no").length;
  const unclear = states.filter(({ kept }) => kept === "unknown").length;
  const lost: Tri = lostArrays >= spread ? "yes" : lostArrays + unclear >= spread ? "unknown" : "no";
  if (lost === "yes")
    world.trail.say(
      `the data of ${cluster.name} lay on array ${hosts[0]?.array ?? ""} at ${cluster.site}, which is lost`,
      cluster.urn,
      site.urn,
    );
  if (up === "no") return { count: 0, lost };
  if (unclear > 0) return { count: undefined, lost };
  const gone = states.filter(({ kept, up: running }) => kept === "no" || running === "no").length;
  if (antiAffinity !== "required" && gone > 0) {
    if (hosts.length > 1)
      world.trail.say(
        `nothing keeps the instances of ${cluster.name} on different servers: at worst all were on the dead one`,
        cluster.urn,
      );
    return { count: 0, lost };
  }
  return { count: Math.max(0, spread - gone), lost };
}

/** Each instance's volume stays with its server while that is dead, and is there again with it. */
function managedInstances(
  world: World,
  cluster: PostgresCluster,
  site: Site,
  instances: number,
): ReturnType<typeof instancesAlive> {
  const lost = managedLost(world, site.name, `the data of ${cluster.name}`, cluster.urn);
  if (lost === "yes" || world.siteUp(site.name) === "no") return { count: 0, lost };
  if (world.trail.read(cluster.antiAffinity, `anti-affinity of ${cluster.name}`) === undefined)
    return { count: undefined, lost };
  const hit = mostHit(world, site, instances, apartOf(cluster.antiAffinity, cluster.spreadOver));
  if (hit > 0)
    world.trail.say(
      `${hit} of ${instances} ${instances === 1 ? "instance" : "instances"} of ${cluster.name} can have been on the dead servers: a volume stays attached to a server that does not answer`,
      cluster.urn,
      site.urn,
    );
  return { count: instances - hit, lost };
}

/** The cluster as a client sees it that reaches it. */
export function postgresState(world: World, cluster: PostgresCluster): StoreState {
  const down: StoreState = { reads: "no", writes: "no", stale: "no", reached: "no" };
  const { count } = instancesAlive(world, cluster);
  if (count === 0) {
    world.trail.say(`PostgreSQL at ${cluster.site} (${cluster.name}) has no instance left`, cluster.urn);
    return down;
  }
  if (world.has("corrupted:postgres")) {
    world.trail.say(
      `the damage was replicated to ${cluster.name} within moments: its answers are wrong until a person restores it`,
      cluster.urn,
    );
    return { ...down, reached: count === undefined ? "unknown" : "yes" };
  }
  for (const key of [`process:postgres@${cluster.site}`, `failover:${cluster.name}`]) {
    if (!world.has(key)) continue;
    world.trail.say(
      `PostgreSQL at ${cluster.site} (${cluster.name}) has no primary instance until it is back`,
      cluster.urn,
    );
    return down;
  }
  const alive: Tri = count === undefined ? "unknown" : "yes";
  const replica = world.trail.read(cluster.replica, `whether ${cluster.name} is a replica`);
  if (replica === undefined) return { reads: alive, writes: "unknown", stale: "unknown", reached: alive };
  if (!replica)
    return { reads: alive, writes: all([alive, synchronousMet(world, cluster, count)]), stale: "no", reached: alive };
  world.trail.say(`PostgreSQL at ${cluster.site} (${cluster.name}) is a replica: it takes no writes`, cluster.urn);
  return { reads: alive, writes: "no", stale: staleness(world, cluster), reached: alive };
}

function synchronousMet(world: World, cluster: PostgresCluster, count: number | undefined): Tri {
  const wanted = world.trail.read(cluster.synchronous, `synchronous standbys of ${cluster.name}`);
  if (wanted === undefined) return "unknown";
  if (wanted === 0) return "yes";
  const durability = world.trail.read(cluster.dataDurability, `data durability of ${cluster.name}`);
  if (durability === undefined) return "unknown";
  if (durability === "preferred") return "yes";
  if (count === undefined) return "unknown";
  if (count - 1 < wanted)
    world.trail.say(
      `${cluster.name} waits for ${wanted} synchronous standby, and has ${count - 1}: its writes hang`,
      cluster.urn,
    );
  return tri(count - 1 >= wanted);
}

/** Does replication into this cluster run? */
export function replicates(world: World, cluster: PostgresCluster): Tri {
  const source = world.trail.read(cluster.sourceSite, `the source of ${cluster.name}`);
  if (source === undefined) {
    if (cluster.sourceSite.state === "known")
      world.trail.say(`${cluster.name} is a replica without a source that can be reached`, cluster.urn);
    return cluster.sourceSite.state === "known" ? "no" : "unknown";
  }
  const upstream = world.system.postgres.find(({ site }) => site === source);
  if (!upstream) return "no";
  const expired = [cluster.site, source].filter((site) => world.has(`expired:postgres@${site}`));
  if (expired.length > 0) {
    world.trail.say(
      `the certificate of PostgreSQL at ${expired.join(" and ")} has run out: the next reconnection of replication into ${cluster.name} is refused`,
      cluster.urn,
    );
    return "no";
  }
  const { count } = instancesAlive(world, upstream);
  const running: Tri = count === undefined ? "unknown" : tri(count > 0 && !world.has(`process:postgres@${source}`));
  return all([running, world.linkUp(cluster.site, source)]);
}

function staleness(world: World, cluster: PostgresCluster): Tri {
  const cut = not(replicates(world, cluster));
  const accepted = any(
    world.system.postgres
      .filter((other) => other !== cluster)
      .map((other) => {
        const { count } = instancesAlive(world, other);
        if (count === 0 || world.has(`process:postgres@${other.site}`)) return "no";
        return other.replica.state === "known" ? tri(!other.replica.value) : "unknown";
      }),
  );
  const stale = all([cut, accepted]);
  if (stale === "yes") {
    world.trail.say(
      `replication into ${cluster.name} has stopped while writes go on elsewhere: its answers get older for as long as that lasts, without a limit`,
      cluster.urn,
    );
  } else if (cut === "yes") {
    world.trail.say(
      `nothing is written anywhere else, so ${cluster.name} misses no more than what had not arrived`,
      cluster.urn,
    );
  }
  return stale;
}
