import type { Backend, Route } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import type { Field } from "./field.ts";
import type { Hosts } from "./hosts.ts";
import { METHODS, parseRule } from "./rule.ts";
import type { Match, PathMatch } from "./rule.ts";
import { readDestination } from "./destinations.ts";
import type { Destination } from "./destinations.ts";

/** The routes of one site's proxy. */
export interface SiteRoutes {
  readonly routes: readonly Route[];
  /** ServersTransports, `<namespace>/<name>`, by which reads are forwarded: an answer to GET is one. Empty: the default. */
  readonly readTransports: readonly string[];
  /** By which anything else is forwarded. */
  readonly writeTransports: readonly string[];
}

/** The entry points of docs/resources.md. */
const ENTRIES: Readonly<Record<string, Route["entry"]>> = { websecure: "public", overlay: "overlay" };

interface Rule {
  readonly declared: Declared;
  readonly rule: string;
  readonly priority: number;
  readonly entry: Route["entry"];
  readonly match: Match;
  readonly destination: Destination;
}

/** Routes of every site. What comes in through the tunnel is read first: the public routes of the others end there. */
export function observeRoutes(declarations: Declarations, hosts: Hosts): ReadonlyMap<string, SiteRoutes> {
  const rules = declarations
    .ofKind("traefik.io/IngressRoute")
    .flatMap((declared) => readIngressRoute(declarations, hosts, declared));
  const inward = new Inward();
  for (const rule of rules.filter(({ entry }) => entry === "overlay"))
    inward.add(
      rule.declared.site,
      routesOf(rule, () => undefined),
    );
  return new Map(
    declarations.sites.map((site) => {
      const own = rules.filter(({ declared }) => declared.site === site);
      const outer = own
        .filter(({ entry }) => entry === "public")
        .flatMap((rule) => routesOf(rule, (...request) => inward.find(...request)));
      const reads = own.filter(({ match }) => match.methods?.includes("GET") ?? true);
      const writes = own.filter(({ match }) => !(match.methods?.includes("GET") ?? false));
      return [
        site,
        {
          routes: [...inward.of(site), ...outer],
          readTransports: transportsOf(reads),
          writeTransports: transportsOf(writes),
        },
      ];
    }),
  );
}

function transportsOf(rules: readonly Rule[]): readonly string[] {
  const steps = rules.flatMap(({ destination }) => destination.steps);
  return [...new Set(steps.flatMap((step) => (step.kind === "notice" ? [] : [step.transport])))];
}

function readIngressRoute(declarations: Declarations, hosts: Hosts, declared: Declared): readonly Rule[] {
  const spec = declared.inputs.get("spec");
  const points = spec.get("entryPoints").texts();
  if (points.state !== "known" || points.value.length === 0) {
    declarations.miss(declared, "it names no entry points that can be read");
    return [];
  }
  // Other entry points, such as plain HTTP that is redirected, lead to no service of the platform.
  const entries = points.value.flatMap((point) => ENTRIES[point] ?? []);
  return spec
    .get("routes")
    .items()
    .flatMap((route) => {
      const rule = route.get("match").text();
      if (rule.state !== "known") {
        declarations.miss(declared, rule.why);
        return [];
      }
      const parsed = parseRule(rule.value);
      if ("why" in parsed) {
        declarations.miss(declared, parsed.why);
        return [];
      }
      const destination = readDestination(declarations, hosts, declared, route);
      if ("why" in destination) {
        if (!destination.isAbsent) declarations.miss(declared, `${rule.value}: ${destination.why}`);
        return [];
      }
      const priority = declaredPriority(route, rule.value);
      return entries.flatMap((entry) =>
        parsed.matches.map((match) => ({ declared, rule: rule.value, priority, entry, match, destination })),
      );
    });
}

/** Traefik 3.7: a route that sets no priority, or 0, has the length of its rule. */
function declaredPriority(route: Field, rule: string): number {
  const { value } = route.get("priority");
  return typeof value === "number" && value !== 0 ? value : rule.length;
}

type Remote = (site: string, host: string, path: PathMatch, method: string) => Route | undefined;

const ANY_PATH: PathMatch = { path: "/", exact: false };

/** One route of the System, or several when another site's proxy treats parts of its requests differently. */
function routesOf(rule: Rule, remote: Remote): readonly Route[] {
  const { match } = rule;
  const requests = (match.hosts.length > 0 ? match.hosts : [""]).flatMap((host) =>
    (match.paths.length > 0 ? match.paths : [ANY_PATH]).flatMap((path) =>
      (match.methods ?? METHODS).map((method) => ({ host, path, method })),
    ),
  );
  const groups = new Map<string, { backends: readonly Backend[]; requests: typeof requests }>();
  for (const request of requests) {
    const backends = rule.destination.steps.flatMap((step): readonly Backend[] => {
      if (step.kind === "notice") return [{ site: rule.declared.site, service: undefined, urn: step.urn }];
      if (step.kind === "service") return [{ site: rule.declared.site, service: step.service, urn: step.urn }];
      const there = remote(step.site, request.host, stripped(request.path, step.strip), request.method);
      // No route there: the other proxy answers 404.
      return (there?.backends ?? []).filter(({ service }) => service !== undefined);
    });
    const id = JSON.stringify(backends);
    const group = groups.get(id) ?? { backends, requests: [] };
    group.requests.push(request);
    groups.set(id, group);
  }
  const { declared, priority, entry, destination } = rule;
  const base = { urn: declared.urn, priority, entry, failoverOn: destination.failoverOn, rule: rule.rule };
  if (groups.size === 1)
    return [...groups.values()].map(({ backends }) => ({
      ...base,
      ...shape(match.hosts, match.paths),
      methods: match.methods,
      backends,
    }));
  return [...groups.values()].flatMap(({ backends, requests: parts }) => {
    const places = new Map<string, typeof requests>();
    for (const part of parts) {
      const id = JSON.stringify([part.host, part.path]);
      places.set(id, [...(places.get(id) ?? []), part]);
    }
    return [...places.values()].map((same) => ({
      ...base,
      ...shape(same[0]?.host ? [same[0].host] : [], same[0] ? [same[0].path] : []),
      methods: same.map(({ method }) => method),
      backends,
    }));
  });
}

function shape(hosts: readonly string[], paths: readonly PathMatch[]): Pick<Route, "hosts" | "paths" | "exactPaths"> {
  const exact = paths.filter((path) => path.exact).map(({ path }) => path);
  return {
    hosts,
    paths: paths.length > 0 ? paths.map(({ path }) => path) : ["/"],
    ...(exact.length > 0 ? { exactPaths: exact } : {}),
  };
}

function stripped(path: PathMatch, prefixes: readonly string[]): PathMatch {
  const prefix = prefixes.find((one) => path.path.startsWith(one));
  if (prefix === undefined) return path;
  const rest = path.path.slice(prefix.length);
  return { ...path, path: rest.startsWith("/") ? rest : `/${rest}` };
}

/** What comes in through the tunnel, found by its host and path without looking at every route. */
class Inward {
  private readonly sites = new Map<string, Route[]>();
  private readonly places = new Map<string, Route[]>();

  of(site: string): readonly Route[] {
    return this.sites.get(site) ?? [];
  }

  add(site: string, routes: readonly Route[]): void {
    for (const route of routes) {
      append(this.sites, site, route);
      for (const host of route.hosts.length > 0 ? route.hosts : [""]) {
        for (const path of route.paths) append(this.places, JSON.stringify([site, host, path]), route);
      }
    }
  }

  /** The route with the highest priority for all requests of a path. */
  find(site: string, host: string, path: PathMatch, method: string): Route | undefined {
    const found: Route[] = [];
    for (let length = path.path.length; length > 0; length--) {
      const prefix = path.path.slice(0, length);
      for (const at of new Set([host, ""])) {
        for (const route of this.places.get(JSON.stringify([site, at, prefix])) ?? []) {
          const exact = route.exactPaths?.includes(prefix) ?? false;
          const fits = !exact || (path.exact && length === path.path.length);
          if (fits && (route.methods?.includes(method) ?? true)) found.push(route);
        }
      }
    }
    return found.sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))[0];
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
