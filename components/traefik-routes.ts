import type { ServiceConfig } from "../config/schema.ts";
import type { ProxyPlan } from "../topologies/types.ts";
import { OVERLAY_ENTRY_PORT, proxyName } from "./names.ts";
import { NOTICE_NAME, NOTICE_PORT } from "./notice-page.ts";
import type { Entry, PathMatch, Route } from "./routes.ts";
import type {
  ErrorsSpec,
  FailoverSpec,
  IngressRouteSpec,
  ServiceReference,
  StripPrefixSpec,
  TransportSpec,
} from "./traefik-types.ts";

export const ENTRY_POINTS: Readonly<Record<Entry, string>> = { public: "websecure", overlay: "overlay" };

export const stripName = (service: string): string => `${service}.strip`;
export const noticeName = (access: Route["access"]): string => `notice.${access}`;
export const transportName = (access: Route["access"]): string => `forward.${access}`;

/** A named spec of one custom resource. */
export interface Named<T> {
  readonly name: string;
  readonly spec: T;
}

export interface RenderedRoute {
  readonly ingressRoute: Named<IngressRouteSpec>;
  /** The outermost first; none for a route with one backend. */
  readonly failovers: readonly Named<FailoverSpec>[];
}

/**
 * Failover keeps a request's body in memory until the first backend has answered, and sets this much aside for each
 * request, whether it has a body or not: 64 KiB is plenty for the query of a read, and no load of reads fills the proxy.
 * A larger body gets 413 (Traefik 3.7.11; its own default is no limit).
 */
const MAX_READ_BODY = 2 ** 16;

/** Renders one route for Traefik 3.7.11. */
export function renderRoute(route: Route, service: ServiceConfig, plan: ProxyPlan): RenderedRoute {
  const references = route.backends.map((backend): ServiceReference => {
    const serversTransport = transportName(route.access);
    switch (backend.kind) {
      case "local":
        return {
          name: service.name,
          port: service.port,
          serversTransport,
          // At the backend and not at the route: the other site's proxy must still see the whole path.
          ...(service.stripPath && service.path !== "/" ? { middlewares: [{ name: stripName(service.name) }] } : {}),
        };
      case "site":
        return { name: proxyName(backend.site), port: OVERLAY_ENTRY_PORT, serversTransport, passHostHeader: true };
      default: {
        const never: never = backend;
        throw new Error(`backend ${JSON.stringify(never)}`);
      }
    }
  });
  const failovers = chain(route.name, references, plan);
  const entrance: ServiceReference =
    failovers[0] !== undefined
      ? { name: failovers[0].name, kind: "TraefikService" }
      : (references[0] ?? { name: NOTICE_NAME, port: NOTICE_PORT });
  return {
    failovers,
    ingressRoute: {
      name: route.name,
      spec: {
        entryPoints: [ENTRY_POINTS[route.entry]],
        routes: [
          {
            kind: "Rule",
            match: ruleOf(route),
            priority: route.priority,
            // Between two proxies the plain status must get through: it is what failover looks at. The notice server
            // asked directly sets its own status.
            ...(route.entry === "public" && route.backends.length > 0
              ? { middlewares: [{ name: noticeName(route.access) }] }
              : {}),
            services: [entrance],
          },
        ],
      },
    },
  };
}

function chain(name: string, references: readonly ServiceReference[], plan: ProxyPlan): readonly Named<FailoverSpec>[] {
  return references.slice(0, -1).map((service, index) => {
    const next = references[index + 1];
    if (next === undefined) throw new Error(`${name}: a failover without a second backend`);
    const isLast = index + 2 === references.length;
    return {
      name: index === 0 ? name : `${name}.${index}`,
      spec: {
        failover: {
          service: swallowed(service),
          fallback: isLast ? next : { name: `${name}.${index + 1}`, kind: "TraefikService" },
          errors: { status: [...plan.failoverStatus], maxRequestBodyBytes: MAX_READ_BODY },
        },
      },
    };
  });
}

/**
 * A backend that has a next one, with the notice page in the place of its own gateway errors. The visitor never sees that
 * page; without it, Traefik 3.7.11 has sent "200" and no headers by the time it fails over, whenever the error's body
 * came without a length: its failover passes the flush of an answer on that it discards.
 */
const swallowed = (service: ServiceReference): ServiceReference => ({
  ...service,
  middlewares: [{ name: noticeName("read") }, ...(service.middlewares ?? [])],
});

/** Traefik's rule: Host(`a.org`) && (Path(`/api`) || PathPrefix(`/api/`)) && (Method(`GET`) || Method(`HEAD`)). */
export function ruleOf({ host, match, methods }: Pick<Route, "host" | "match" | "methods">): string {
  const anyOf = methods.map((method) => `Method(\`${method}\`)`).join(" || ");
  return [`Host(\`${host}\`)`, pathRule(match), methods.length > 1 ? `(${anyOf})` : anyOf].join(" && ");
}

function pathRule({ kind, path }: PathMatch): string {
  switch (kind) {
    case "prefix":
      // PathPrefix alone compares text: `/api` would take `/apiary` too.
      return path.endsWith("/") ? `PathPrefix(\`${path}\`)` : `(Path(\`${path}\`) || PathPrefix(\`${path}/\`))`;
    case "exact":
      return `Path(\`${path}\`)`;
    default: {
      const never: never = kind;
      throw new Error(`match ${String(never)}`);
    }
  }
}

export function stripSpec(service: Pick<ServiceConfig, "path">): StripPrefixSpec {
  return { stripPrefix: { prefixes: [service.path] } };
}

/**
 * Puts the notice page in the place of an answer that came from no service: 503, whatever the gateway error was. Of the
 * visitor's headers only `Accept` is handed on: cookies are not the page's business.
 */
export function noticeSpec(access: Route["access"], plan: ProxyPlan): ErrorsSpec {
  return {
    errors: {
      status: [...plan.failoverStatus],
      statusRewrites: Object.fromEntries(plan.failoverStatus.map((status) => [status, 503])),
      // Traefik's own default waits 30 s for a connection: a notice page that hangs must not hold a failover up.
      service: { name: NOTICE_NAME, port: NOTICE_PORT, serversTransport: transportName("read") },
      query: `/${access}`,
      errorRequestHeaders: ["Accept"],
    },
  };
}

/**
 * Go's transport sends a request a second time on its own when a reused connection breaks before the answer, and takes
 * a write with an `Idempotency-Key` and no body for repeatable. A connection per write (42 a second [R2]) rules that out.
 */
export function transportSpec(access: Route["access"], plan: ProxyPlan): TransportSpec {
  const forwardingTimeouts = (dial: number, firstByte: number) => ({
    dialTimeout: `${dial}s`,
    responseHeaderTimeout: `${firstByte}s`,
  });
  switch (access) {
    case "read":
      return { forwardingTimeouts: forwardingTimeouts(plan.dialTimeout, plan.firstByteTimeout) };
    case "write":
      return {
        forwardingTimeouts: forwardingTimeouts(plan.writeDialTimeout, plan.writeTimeout),
        maxIdleConnsPerHost: -1,
      };
    default: {
      const never: never = access;
      throw new Error(`access ${String(never)}`);
    }
  }
}
