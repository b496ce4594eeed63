import { valueOf } from "../fact.ts";
import type { Backend, Proxy, Service } from "../system.ts";
import { failed, OK, UNKNOWN } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { files, writeFiles } from "./files.ts";
import { mongoState } from "./mongo.ts";
import { apartOf } from "./placement.ts";
import { heldByVolume, volumesInReach } from "./service-volumes.ts";
import { postgresState } from "./postgres.ts";
import type { StoreState } from "./postgres.ts";
import { matchRoute, uploadsOf } from "./routes.ts";
import type { Request } from "./routes.ts";
import { isSilent, waitFor } from "./silence.ts";
import { all, tri } from "./tri.ts";
import type { Tri } from "./tri.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** A notice stands in for the answers that a proxy itself gives when it reaches nobody. */
const NOTICE_CODES: readonly string[] = ["502-504"];

/** Is a site's proxy there to be asked? */
export function proxyUp(world: World, proxy: Proxy): Tri {
  if (world.has(`process:proxy@${proxy.site}`)) {
    world.trail.say(`the proxy at ${proxy.site} does not run until it is restarted`, proxy.urn);
    return "no";
  }
  const replicas = world.trail.read(proxy.replicas, `replicas of the proxy at ${proxy.site}`);
  if (replicas === undefined) return "unknown";
  return all([tri(replicas > 0), world.podsUp(proxy.site, replicas, apartOf(proxy.spread, proxy.spreadOver))]);
}

/** What a visitor's request gets from one site's proxy. */
export function serve(world: World, proxy: Proxy, request: Request): Answer {
  const route = matchRoute(proxy, request.host, request.path, request.method);
  if (!route) {
    world.trail.say(
      `no public route of the proxy at ${proxy.site} takes ${request.method} ${request.host}${request.path}`,
      proxy.urn,
    );
    return failed(404);
  }
  let last = failed(503);
  for (const [index, backend] of route.backends.entries()) {
    const goesOn = backend.service === undefined && route.failoverOn.length === 0 ? NOTICE_CODES : route.failoverOn;
    if (index > 0 && !covers(goesOn, last.code)) {
      world.trail.say(
        `the route does not go on to the next backend upon ${last.code} (it does upon ${goesOn.join(", ")})`,
        route.urn,
      );
      return last;
    }
    const sometimes = last.sometimes === true;
    last =
      backend.service === undefined
        ? { ...failed(503), refused: true, sometimes }
        : ask(world, proxy, backend, request);
    if (last.ok === "no" && isSilent(world, proxy.site, backend)) {
      const patience = waitFor(world, proxy, backend, request);
      if (patience === undefined) return UNKNOWN;
      if (!Number.isFinite(patience)) return failed(0);
    }
    if (last.refused)
      world.trail.say(
        `${request.asks === "write" ? "writes" : "requests"} to ${request.service} at ${proxy.site} are turned away with a clear notice (503)`,
        route.urn,
      );
    if (last.ok === "yes" && index > 0)
      world.trail.say(
        `${request.service} at ${proxy.site} is answered by the next backend, ${backend.site}`,
        route.urn,
      );
    if (last.ok !== "no") return last;
  }
  return last;
}

/** One backend: here, or at the other site through the tunnel and that site's proxy, which the routes were read through. */
function ask(world: World, proxy: Proxy, backend: Backend, request: Request): Answer {
  if (backend.site === proxy.site) return local(world, proxy.site, backend.service ?? "", request);
  const linked = world.linkUp(proxy.site, backend.site);
  if (linked !== "yes") return linked === "no" ? failed(504) : UNKNOWN;
  const peer = world.system.proxies.find(({ site }) => site === backend.site);
  if (!peer) {
    world.trail.say(
      `nothing at ${backend.site} answers for ${backend.service ?? "it"}: no proxy is declared there`,
      backend.urn,
    );
    return failed(502);
  }
  const up = proxyUp(world, peer);
  if (up !== "yes") return up === "no" ? failed(502) : UNKNOWN;
  return local(world, backend.site, backend.service ?? "", request);
}

function local(world: World, site: string, name: string, request: Request): Answer {
  const service = world.system.services.find((each) => each.name === name && each.site === site);
  if (!service) {
    world.trail.say(`${name} is routed to at ${site}, but nothing declared runs it there`);
    return failed(503);
  }
  const up = serviceUp(world, service);
  if (up !== "yes") return up === "no" ? failed(world.has(`hung:${name}@${site}`) ? 504 : 503) : UNKNOWN;
  if (sentToDead(world, service)) return { ...failed(504), sometimes: true };
  if (withdrawn(world, service)) return failed(503);
  if (request.asks === "files") return files(world, service, request.volume ?? "");
  if (!service.store)
    return request.asks === "write" && uploadsOf(world.system, service).length > 0 ? writeFiles(world, service) : OK;
  const state = storeState(world, service);
  const done = request.asks === "write" ? state.writes : state.reads;
  if (done === "no")
    world.trail.say(
      `${name} at ${site} can't ${request.asks === "write" ? "write" : "read"}; ${valueOf(service.watchesStore) === true ? "its pods stay until their readiness has failed, and" : "nothing declared says that its probe watches its store, so"} at worst it answers with errors (500)`,
      service.urn,
    );
  return done === "yes"
    ? { ...OK, stale: request.asks === "write" ? "no" : state.stale }
    : done === "no"
      ? failed(500)
      : UNKNOWN;
}

/** Have its pods left the endpoints, since their readiness watches a store that is away or was until just now? */
function withdrawn(world: World, service: Service): boolean {
  const who = `${service.name}@${service.site}`;
  if (valueOf(service.watchesStore) !== true) return false;
  const back = storeState(new World(world.system, world.broken, new Trail()), service).reached !== "no";
  if (back ? !world.has(`unready:${who}`) : world.has(`noticing:${who}`)) return false;
  world.trail.say(
    `the readiness of ${service.name} at ${service.site} watches its store, which ${back ? "was away" : "can't be reached"}: its pods are out of the endpoints, and the proxy gets 503`,
    service.urn,
  );
  return true;
}

/** A proxy spreads requests over all pods that its Service names, and asks no second one when the first does not answer. */
function sentToDead(world: World, service: Service): boolean {
  const replicas = valueOf(service.replicas) ?? 0;
  if (heldByVolume(world, service)) return false;
  if (!world.sendsToDeadPods(service.site, replicas, apartOf(service.spread, service.spreadOver))) return false;
  world.trail.say(
    `until Kubernetes notices that their server is dead, pods of ${service.name} that were on it are sent requests, which they don't answer (504); the other pods answer theirs`,
    service.urn,
  );
  return true;
}

/** Does a service have a replica that answers? */
function serviceUp(world: World, service: Service): Tri {
  if (world.has(`process:${service.name}@${service.site}`)) {
    world.trail.say(`${service.name} at ${service.site} does not answer until it is restarted`, service.urn);
    return "no";
  }
  const replicas = world.trail.read(service.replicas, `replicas of ${service.name} at ${service.site}`);
  if (replicas === undefined) return "unknown";
  if (replicas === 0) return "no";
  const mounted = volumesInReach(world, service);
  if (mounted === "no") return "no";
  if (mounted === "yes" && heldByVolume(world, service)) return world.siteUp(service.site);
  return all([mounted, world.podsUp(service.site, replicas, apartOf(service.spread, service.spreadOver))]);
}

/** The store that a service uses, reached over the tunnel if it is elsewhere. */
export function storeState(world: World, service: Service): StoreState {
  const nothing: StoreState = { reads: "unknown", writes: "unknown", stale: "unknown", reached: "unknown" };
  const client = service.store;
  if (!client) return nothing;
  const who = `${service.name} at ${service.site}`;
  const store = world.trail.read(client.store, `the store of ${who}`);
  if (store === undefined) return nothing;
  if (client.kind === "mongo") {
    const set = world.system.mongo.find(({ name }) => name === store);
    if (!set) world.trail.missing(`${who} uses the replica set ${store}, which nothing declares`, service.urn);
    return set ? mongoState(world, set, client, service.site, who) : nothing;
  }
  const cluster = world.system.postgres.find(({ name }) => name === store);
  if (!cluster) {
    world.trail.missing(`${who} uses the cluster ${store}, which nothing declares`, service.urn);
    return nothing;
  }
  const way = world.linkUp(service.site, cluster.site);
  const state = postgresState(world, cluster);
  const trusted = world.has(`expired:postgres@${cluster.site}`) ? trustsExpired(world, service, who) : "yes";
  return {
    reads: all([way, trusted, state.reads]),
    writes: all([way, trusted, state.writes]),
    stale: state.stale,
    reached: all([way, trusted, state.reached]),
  };
}

function trustsExpired(world: World, service: Service, who: string): Tri {
  const verifies = service.store?.verifiesServer;
  if (!verifies) {
    world.trail.missing(`whether ${who} refuses a database whose certificate has run out is not declared`, service.urn);
    return "unknown";
  }
  const value = world.trail.read(verifies, `whether ${who} verifies the database's certificate`);
  if (value === undefined) return "unknown";
  if (value)
    world.trail.say(`${who} verifies the database's certificate: it can't connect once that has run out`, service.urn);
  return tri(!value);
}

function covers(codes: readonly string[], code: number): boolean {
  return codes.some((range) => {
    const [first = NaN, last = first] = range.split("-").map(Number);
    return code >= first && code <= last;
  });
}
