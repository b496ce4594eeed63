import type { Manifest, SitePlan } from "./plan.ts";

/** A reference to what answers, in a Traefik object. */
interface Reference {
  readonly name: string;
  readonly kind?: string;
}

interface IngressRouteSpec {
  readonly entryPoints: readonly string[];
  readonly routes: readonly { readonly match: string; readonly services?: readonly Reference[] }[];
}

/** Where a service's requests come in. */
export interface Place {
  readonly host: string;
  readonly path: string;
}

const ofKind = (site: SitePlan, kind: string): readonly Manifest[] =>
  site.manifests.filter((manifest) => manifest.kind === kind);

/** The Kubernetes Services that an object of Traefik's names, wherever it names them. */
function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== "object" || value === null) return [];
  const { name, port, kind } = value as { name?: unknown; port?: unknown; kind?: unknown };
  const own = typeof name === "string" && port !== undefined && kind !== "TraefikService" ? [name] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

/** The namespace that the proxy reads. */
export const PROXY_NAMESPACE = "platform";

/** The Services with pods of this site's own that its proxy may ask. */
export function routedServices(site: SitePlan): readonly Manifest[] {
  const kinds = ["IngressRoute", "TraefikService", "Middleware"];
  const names = new Set(kinds.flatMap((kind) => ofKind(site, kind)).flatMap(({ spec }) => references(spec)));
  return ofKind(site, "Service").filter(
    ({ metadata: { name, namespace }, spec }) =>
      namespace === PROXY_NAMESPACE && names.has(name) && (spec as { type?: string }).type !== "ExternalName",
  );
}

/** The first backend of a reference: the Service itself, or the head of a chain of failovers. */
function head(site: SitePlan, reference: Reference | undefined): string | undefined {
  if (reference?.kind !== "TraefikService") return reference?.name;
  const service = ofKind(site, "TraefikService").find(({ metadata }) => metadata.name === reference.name);
  const spec = service?.["spec"] as { failover?: { service: Reference } } | undefined;
  return head(site, spec?.failover?.service);
}

const first = (pattern: RegExp, text: string): string | undefined => pattern.exec(text)?.[1];

/** The places at an entry point where requests of a method are answered by a Service first, the shortest path first. */
export function places(site: SitePlan, entryPoint: string, service: string, method: string): readonly Place[] {
  return ofKind(site, "IngressRoute")
    .map(({ spec }) => spec as IngressRouteSpec)
    .filter(({ entryPoints }) => entryPoints.includes(entryPoint))
    .flatMap(({ routes }) => routes)
    .filter(({ match, services }) => match.includes(`Method(\`${method}\`)`) && head(site, services?.[0]) === service)
    .flatMap(({ match }) => {
      const host = first(/Host\(`([^`]+)`\)/, match);
      const path = first(/Path(?:Prefix)?\(`([^`]+)`\)/, match);
      return host !== undefined && path !== undefined ? [{ host, path }] : [];
    })
    .sort((a, b) => a.path.length - b.path.length);
}
