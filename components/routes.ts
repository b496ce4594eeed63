import { createHash } from "node:crypto";
import type { HttpMethod, PlatformConfig, ServiceConfig } from "../config/schema.ts";
import { hasOtherSites } from "./context.ts";
import type { Peer, SiteContext } from "./context.ts";
import { runsAt } from "./service-plan.ts";

/** Who comes in: visitors, or the proxy of another site through the tunnel. */
export type Entry = "public" | "overlay";

/** A backend in the order in which it is tried: this site's pods, or the proxy of another site. */
export type Backend = { readonly kind: "local" } | { readonly kind: "site"; readonly site: string };

/** `prefix` takes whole segments: `/api` and what lies below `/api/`, not `/apiary`. */
export interface PathMatch {
  readonly kind: "prefix" | "exact";
  readonly path: string;
}

export interface Route {
  /** `<service>[.<part>].<access>.<entry>`; frozen, it names resources. A dot is in no service's name, so none collide. */
  readonly name: string;
  readonly service: string;
  readonly entry: Entry;
  readonly host: string;
  readonly match: PathMatch;
  readonly methods: readonly HttpMethod[];
  /** A `write` has one backend at the most: a second would store it twice. */
  readonly access: "read" | "write";
  /** Empty: nobody here can answer, the notice page does. */
  readonly backends: readonly Backend[];
  /** The highest of the matching ones wins. */
  readonly priority: number;
}

/** The methods that are routed at all. TRACE and CONNECT are not among them: no route, 404. */
export const METHODS = [
  "GET",
  "HEAD",
  "OPTIONS",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
] as const satisfies readonly HttpMethod[];

export type RouteContext = Pick<SiteContext, "topology" | "site" | "active" | "roles" | "platform">;

/** Sites whose proxy this one can reach: their side of the tunnel is known. The next `up` brings the others. */
export function reachableSites(peers: readonly Peer[]): ReadonlySet<string> {
  return new Set(
    peers
      .filter(
        ({ overlayEndpoint, wireguardPublicKey }) => overlayEndpoint !== undefined && wireguardPublicKey !== undefined,
      )
      .map(({ site }) => site),
  );
}

export const hostOf = (platform: Pick<PlatformConfig, "domain">, service: Pick<ServiceConfig, "host">): string =>
  service.host ?? platform.domain;

/**
 * The routes of a site's proxy [S1.3].
 *
 * Reads are answered here if the service and its data are here, then by the active site; at the active site, when its
 * own pods are gone, by a standby (stale). Writes go to the active site, never to a second backend. What comes in through
 * the tunnel is answered here or not at all, so that no request goes round in circles; a standby lets in reads only, and
 * tells the rest when to come again: between the two `up`s of a switchover each site takes the other for the active one.
 *
 * No two of them have the same host, path and method: `config/service-checks.ts` has refused such a config.
 */
export function routesOf(context: RouteContext, reachable: ReadonlySet<string>): readonly Route[] {
  return context.platform.services.flatMap((service) => {
    const host = hostOf(context.platform, service);
    return areasOf(service).flatMap((area) =>
      [...publicRoutes(context, service, area, reachable), ...overlayRoutes(context, service, area)].map(
        ({ access, entry, methods, backends }): Route => ({
          name: `${area.name}.${access}.${entry}`,
          service: service.name,
          entry,
          host,
          match: area.match,
          methods,
          access,
          backends,
          priority: priorityOf(area.match),
        }),
      ),
    );
  });
}

/** A part of the URL space whose requests are treated alike. */
export interface Area {
  readonly name: string;
  readonly match: PathMatch;
  /** Do standbys have what is read here? */
  readonly onStandby: boolean;
  /** POST is a read here, and no other method belongs to it. */
  readonly postOnly: boolean;
  /** The volume whose files are read here. */
  readonly volume?: string;
}

export function areasOf(service: ServiceConfig): readonly Area[] {
  const uploads = service.volumes.flatMap(({ name, content, urlPath }) =>
    content === "uploads" && urlPath !== undefined ? [{ name, urlPath }] : [],
  );
  // Uploads under the service's very path: the stricter treatment holds for all of it.
  const whole = uploads.some(({ urlPath }) => urlPath === service.path);
  return [
    { name: service.name, match: { kind: "prefix", path: service.path }, onStandby: !whole, postOnly: false },
    ...uploads
      .filter(({ urlPath }) => urlPath !== service.path)
      .map(({ name, urlPath }): Area => ({
        name: `${service.name}.${name}`,
        match: { kind: "prefix", path: urlPath },
        onStandby: false,
        postOnly: false,
        volume: name,
      })),
    ...[...new Set(service.postIsRead)].map((path): Area => ({
      name: `${service.name}.post.${createHash("sha256").update(path).digest("hex").slice(0, 8)}`,
      match: { kind: "exact", path },
      onStandby: true,
      postOnly: true,
    })),
  ];
}

type Draft = Pick<Route, "access" | "entry" | "methods" | "backends">;

function publicRoutes(
  context: RouteContext,
  service: ServiceConfig,
  area: Area,
  reachable: ReadonlySet<string>,
): readonly Draft[] {
  const { site, active, topology } = context;
  const backend = (name: string): Backend => (name === site ? { kind: "local" } : { kind: "site", site: name });
  const known = (name: string): boolean => name === site || reachable.has(name);
  const standbys = topology.sites.map(({ name }) => name).filter((name) => name !== active);
  // A standby asks no other standby: the active site is fresher, and one of them is enough while the link holds.
  const order = site === active ? [active, ...standbys] : [site, active];
  const readers = order.filter((name) => known(name) && (name === active || (service.readOnlySafe && area.onStandby)));
  const { reads, writes } = methodsOf(context, area);
  return drafts("public", [
    ["read", reads, readers.map(backend)],
    ["write", writes, [active].filter(known).map(backend)],
  ]);
}

function overlayRoutes(context: RouteContext, service: ServiceConfig, area: Area): readonly Draft[] {
  if (!hasOtherSites(context)) return [];
  const { site, active } = context;
  const { reads, writes } = methodsOf(context, area);
  const isActive = site === active;
  const isReadable = isActive || (runsAt("standby", service) && area.onStandby);
  const hereIf = (is: boolean): readonly Backend[] => (is ? [{ kind: "local" }] : []);
  return drafts("overlay", [
    ["read", reads, hereIf(isReadable)],
    ["write", writes, hereIf(isActive)],
  ]);
}

function drafts(
  entry: Entry,
  rows: readonly (readonly [Route["access"], readonly HttpMethod[], readonly Backend[]])[],
): readonly Draft[] {
  return rows
    .filter(([, methods]) => methods.length > 0)
    .map(([access, methods, backends]) => ({ entry, access, methods, backends }));
}

function methodsOf(context: RouteContext, area: Area): { reads: readonly HttpMethod[]; writes: readonly HttpMethod[] } {
  if (area.postOnly) return { reads: ["POST"], writes: [] };
  const isRead = (method: HttpMethod): boolean => context.topology.proxy.readMethods.includes(method);
  return { reads: METHODS.filter(isRead), writes: METHODS.filter((method) => !isRead(method)) };
}

/** Does a path lie at or below another, segment by segment? */
export const isBelow = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);

/** Longer paths before shorter ones; an exact one before a prefix of the same length. */
const priorityOf = ({ kind, path }: PathMatch): number => 2 * path.length + (kind === "exact" ? 1 : 0);
