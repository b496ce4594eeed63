import type { Proxy, Route, Service, System } from "../system.ts";
import { valueOf } from "../fact.ts";

const READ_METHODS: readonly string[] = ["GET"];
const WRITE_METHODS = ["POST", "PUT", "PATCH", "DELETE"] as const;

/** A kind of request that visitors make: what it asks for decides what its answer needs. */
export interface Request {
  /** The service that the public routes name first. */
  readonly service: string;
  readonly host: string;
  readonly path: string;
  readonly method: string;
  /** `files`: reads a volume's files, not the store. */
  readonly asks: "read" | "write" | "files";
  /** Name of the volume, for `files`. */
  readonly volume?: string;
}

/** The public route that a proxy picks: the matching one of the highest priority, by default the longest rule (Traefik 3). */
export function matchRoute(proxy: Proxy, host: string, path: string, method: string): Route | undefined {
  const matching = proxy.routes.filter(
    (route) =>
      route.entry === "public" &&
      (route.hosts.length === 0 || route.hosts.includes(host)) &&
      route.paths.some((own) => (route.exactPaths?.includes(own) ? path === own : path.startsWith(own))) &&
      (route.methods === undefined || route.methods.includes(method)),
  );
  return [...matching].sort((a, b) => priorityOf(b) - priorityOf(a))[0];
}

function priorityOf(route: Route): number {
  return route.priority ?? route.rule.length;
}

/** Does a service declare that a POST at a path only reads? That a route lets POST through is no evidence of it. */
export function postIsRead(system: System, service: string, path: string): boolean {
  return system.services.some(
    (each) => each.name === service && each.postIsRead !== undefined && (valueOf(each.postIsRead) ?? []).includes(path),
  );
}

/** The requests of a system are asked for at every step of every fault, and follow from the system alone. */
const known = new WeakMap<System, readonly Request[]>();

/** Every kind of request that the public routes of all sites answer. */
export function requestsOf(system: System): readonly Request[] {
  const requests = known.get(system) ?? readRequests(system);
  known.set(system, requests);
  return requests;
}

function readRequests(system: System): readonly Request[] {
  const requests = new Map<string, Request>();
  const add = (request: Request): void => void requests.set(JSON.stringify(request), request);
  for (const proxy of system.proxies) {
    for (const route of proxy.routes) {
      const service = route.backends.find((backend) => backend.service !== undefined)?.service;
      const readable = route.methods === undefined || route.methods.some((method) => READ_METHODS.includes(method));
      const posts = route.methods === undefined || route.methods.includes("POST");
      if (route.entry !== "public" || service === undefined) continue;
      for (const host of route.hosts.length > 0 ? route.hosts : [""]) {
        for (const path of route.paths) {
          // `/api` and all below `/api/` are one place, told by two matchers.
          if (path.endsWith("/") && route.exactPaths?.includes(path.slice(0, -1))) continue;
          const searched = postIsRead(system, service, path);
          if (posts && searched) add({ service, host, path, method: "POST", asks: "read" });
          if (!readable) continue;
          const volume = filesAt(system, service, path);
          if (volume !== undefined) add({ service, host, path, method: "GET", asks: "files", volume });
          else add({ service, host, path, method: "GET", asks: "read" });
          if (keepsData(system, service))
            for (const method of WRITE_METHODS)
              if (method !== "POST" || !searched) add({ service, host, path, method, asks: "write" });
        }
      }
    }
  }
  return [...requests.values(), ...unroutedFiles(system, [...requests.values()])];
}

/** Uploads under a path without a route of its own, or without any: their reads take the route of their service. */
function unroutedFiles(system: System, requests: readonly Request[]): readonly Request[] {
  const found = new Map<string, Request>();
  for (const service of system.services) {
    for (const name of service.volumes) {
      const volume = system.volumes.find((candidate) => candidate.name === name && candidate.site === service.site);
      if (!volume || valueOf(volume.content) === "cache" || requests.some((request) => request.volume === name))
        continue;
      const own = requests.find((request) => request.service === service.name && request.asks === "read");
      if (own) found.set(name, { ...own, asks: "files", volume: name, path: volume.urlPath ?? own.path });
    }
  }
  return [...found.values()];
}

function filesAt(system: System, service: string, path: string): string | undefined {
  const volumes = system.services.filter(({ name }) => name === service).flatMap((each) => each.volumes);
  return system.volumes.find(({ name, urlPath }) => volumes.includes(name) && urlPath === path)?.name;
}

/** Has the service a store or uploads, so that a write to it is a write? */
export function keepsData(system: System, service: string): boolean {
  return system.services.some(
    (each) => each.name === service && (each.store !== undefined || uploadsOf(system, each).length > 0),
  );
}

export function uploadsOf(system: System, service: Service): readonly string[] {
  return service.volumes.filter((name) =>
    system.volumes.some(
      (volume) => volume.name === name && volume.site === service.site && valueOf(volume.content) !== "cache",
    ),
  );
}
