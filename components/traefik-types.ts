import type { IIngressRoute } from "@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute";
import type { IMiddleware } from "@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware";
import type { IServersTransport } from "@kubernetes-models/traefik/traefik.io/v1alpha1/ServersTransport";

/**
 * Traefik's custom resources as version 3.7.11 has them. The published models are of version 2.10: what they lack
 * (middlewares of a service, failover by status, rewritten statuses, the headers that an error page is told) is added.
 */
type Published = NonNullable<IIngressRoute["spec"]["routes"][number]["services"]>[number];

export interface ServiceReference extends Pick<
  Published,
  "name" | "kind" | "port" | "serversTransport" | "passHostHeader"
> {
  readonly middlewares?: { readonly name: string }[];
}

export interface RouteRule extends Omit<IIngressRoute["spec"]["routes"][number], "services"> {
  readonly services: ServiceReference[];
}

export interface IngressRouteSpec extends Omit<IIngressRoute["spec"], "routes"> {
  /** Always named: without them a route listens on every entry point, the overlay's too. */
  readonly entryPoints: string[];
  readonly routes: RouteRule[];
}

export interface FailoverSpec {
  readonly failover: {
    readonly service: ServiceReference;
    readonly fallback: ServiceReference;
    readonly errors: { readonly status: string[]; readonly maxRequestBodyBytes: number };
  };
}

export interface ErrorsSpec {
  readonly errors: Omit<NonNullable<IMiddleware["spec"]["errors"]>, "service"> & {
    readonly service: ServiceReference;
    readonly statusRewrites: Readonly<Record<string, number>>;
    readonly errorRequestHeaders: string[];
  };
}

export type StripPrefixSpec = Required<Pick<IMiddleware["spec"], "stripPrefix">>;
export type TransportSpec = NonNullable<IServersTransport["spec"]>;
