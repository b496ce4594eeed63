import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Peer, SiteContext } from "./context.ts";
import { labels, namespaces } from "./names.ts";
import { HEALTH_PATH } from "./proxy-config.ts";
import { reachableSites, routesOf } from "./routes.ts";
import { servicesAt } from "./service-plan.ts";
import {
  ENTRY_POINTS,
  noticeName,
  noticeSpec,
  renderRoute,
  stripName,
  stripSpec,
  transportName,
  transportSpec,
} from "./traefik-routes.ts";
import type { IngressRouteSpec } from "./traefik-types.ts";

const ACCESSES = ["read", "write"] as const;
/** Above all services' routes, whose priorities grow with the length of their path. */
const HEALTH_PRIORITY = 1_000_000;

/** Declares the site's routes as children of the proxy: one IngressRoute each, so that each has a urn of its own. */
export function declareRoutes(
  name: string,
  { context, peers }: { readonly context: SiteContext; readonly peers: readonly Peer[] },
  parent: pulumi.Resource,
): void {
  const plan = context.topology.proxy;
  const declare = (kind: string, object: string, spec: object): void => {
    new k8s.apiextensions.CustomResource(
      `${name}-${kind.toLowerCase()}-${object}`,
      {
        apiVersion: "traefik.io/v1alpha1",
        kind,
        metadata: { name: object, namespace: namespaces.platform, labels: labels("proxy") },
        spec,
      },
      { parent },
    );
  };
  for (const access of ACCESSES) {
    declare("ServersTransport", transportName(access), transportSpec(access, plan));
    declare("Middleware", noticeName(access), noticeSpec(access, plan));
  }
  for (const service of servicesAt(context)) {
    if (service.stripPath && service.path !== "/") declare("Middleware", stripName(service.name), stripSpec(service));
  }
  declare("IngressRoute", "proxy.health", healthRoute());
  const services = new Map(context.platform.services.map((service) => [service.name, service]));
  for (const route of routesOf(context, reachableSites(peers))) {
    const service = services.get(route.service);
    if (!service) throw new Error(`route ${route.name} names no service`);
    const { ingressRoute, failovers } = renderRoute(route, service, plan);
    for (const failover of failovers) declare("TraefikService", failover.name, failover.spec);
    declare("IngressRoute", ingressRoute.name, ingressRoute.spec);
  }
}

/** The proxy's own health on the public entry point, on whatever host: a name server asks by address. */
function healthRoute(): IngressRouteSpec {
  return {
    entryPoints: [ENTRY_POINTS.public],
    routes: [
      {
        kind: "Rule",
        match: `Path(\`${HEALTH_PATH}\`) && Method(\`GET\`)`,
        priority: HEALTH_PRIORITY,
        services: [{ name: "ping@internal", kind: "TraefikService" }],
      },
    ],
  };
}
