import type { Declarations, Declared } from "./declarations.ts";
import { isObject, plain } from "./field.ts";
import type { Field } from "./field.ts";
import type { Hosts } from "./hosts.ts";
import { isTraefik } from "./traefik.ts";

/** One place that a request is sent to. */
export type Step =
  | { readonly kind: "service"; readonly service: string; readonly urn: string; readonly transport: string }
  /** The overlay entry point of another site's proxy. `strip`: prefixes that are taken off the path before. */
  | {
      readonly kind: "site";
      readonly site: string;
      readonly urn: string;
      readonly transport: string;
      readonly strip: readonly string[];
    }
  | { readonly kind: "notice"; readonly urn: string };

/** Where the requests of a route go, in the order of trial. */
export interface Destination {
  readonly steps: readonly Step[];
  readonly failoverOn: readonly string[];
}

/** `isAbsent`: Traefik serves no such route. Otherwise nobody can tell from what was read. */
type Misread = { readonly why: string; readonly isAbsent?: true };

/** Reads the services of a route (Traefik 3.7), through failovers, and the notice page that its middlewares put last. */
export function readDestination(
  declarations: Declarations,
  hosts: Hosts,
  owner: Declared,
  route: Field,
): Destination | Misread {
  const middlewares = readMiddlewares(declarations, owner, route.get("middlewares"));
  if ("why" in middlewares) return middlewares;
  const services = route.get("services").items();
  const [reference] = services;
  if (!reference || services.length > 1)
    return { why: `it has ${services.length} services: how requests are shared among them is not followed` };
  const found = readReference({ declarations, hosts, owner, strip: middlewares.strip, depth: 0 }, reference);
  if ("why" in found || middlewares.notice === undefined) return found;
  return { ...found, steps: [...found.steps, { kind: "notice", urn: middlewares.notice }] };
}

interface Way {
  readonly declarations: Declarations;
  readonly hosts: Hosts;
  readonly owner: Declared;
  readonly strip: readonly string[];
  readonly depth: number;
}

const DEEPEST = 10;

function readReference(way: Way, reference: Field): Destination | Misread {
  const { declarations, owner } = way;
  const name = reference.get("name").text();
  if (name.state !== "known") return { why: name.why };
  const namespace = plain(reference.get("namespace")) ?? owner.namespace;
  // What Traefik answers itself, such as its ping, is no service of the platform.
  if (name.value.endsWith("@internal")) return { why: `${name.value} is Traefik's own`, isAbsent: true };
  if (plain(reference.get("kind")) !== "TraefikService") return readService(way, reference, namespace, name.value);
  const declared = declarations.find(owner.site, "traefik.io/TraefikService", namespace, name.value);
  if (!declared) return { why: `TraefikService ${namespace}/${name.value} is not declared at ${owner.site}` };
  if (way.depth > DEEPEST) return { why: `TraefikService ${name.value} leads in a circle` };
  const failover = declared.inputs.get("spec", "failover");
  if (!isObject(failover.value))
    return { why: `TraefikService ${name.value} is no failover: how it shares requests is not followed` };
  const inside = { ...way, owner: declared, depth: way.depth + 1 };
  const first = readReference(inside, failover.get("service"));
  if ("why" in first) return first;
  const fallback = readReference(inside, failover.get("fallback"));
  if ("why" in fallback) {
    // What comes first is known all the same: with one site's stack alone, its own pods are.
    declarations.miss(declared, `its fallback is not followed: ${fallback.why}`);
    return first;
  }
  const status = failover.get("errors", "status");
  const failoverOn = status.absent ? [] : status.items().map(({ value }) => String(value));
  const nested = [first, fallback].filter(({ steps }) => steps.length > 1);
  if (nested.some((inner) => inner.failoverOn.join() !== failoverOn.join())) {
    return { why: `the failovers behind TraefikService ${name.value} look at different status codes` };
  }
  return { steps: [...first.steps, ...fallback.steps], failoverOn };
}

function readService(way: Way, reference: Field, namespace: string, name: string): Destination | Misread {
  const { declarations, hosts, owner } = way;
  const port = reference.get("port").value;
  const { target, deadEnd } = hosts.resolve(owner.site, namespace, name, typeof port === "number" ? port : undefined);
  // A backend that nothing runs answers nothing: what follows it is tried.
  if (deadEnd) return { steps: [], failoverOn: [] };
  if (target.state !== "known") return { why: target.why };
  if (target.value.kind !== "workload")
    return {
      why: `${name} leads to no workload, but to ${target.value.kind === "postgres" ? "a database" : target.value.address}`,
    };
  const { workload, site } = target.value;
  const middlewares = readMiddlewares(declarations, owner, reference.get("middlewares"));
  if ("why" in middlewares) return middlewares;
  const transport = plain(reference.get("serversTransport"));
  const by = { urn: owner.urn, transport: transport === undefined ? "" : `${owner.namespace}/${transport}` };
  const one = (step: Step): Destination => ({ steps: [step], failoverOn: [] });
  if (isTraefik(workload)) {
    return site === owner.site
      ? { why: `${name} leads back to the proxy itself` }
      : one({ kind: "site", site, ...by, strip: [...way.strip, ...middlewares.strip] });
  }
  if (site !== owner.site) return { why: `${name} leads past the proxy of ${site}, straight to ${workload.name}` };
  return one(
    isNotice(declarations, workload)
      ? { kind: "notice", urn: workload.urn }
      : { kind: "service", service: workload.name, ...by },
  );
}

/** A workload that the proxy's component made beside the proxy: it says that nobody can answer. */
function isNotice(declarations: Declarations, workload: Declared): boolean {
  return declarations.ancestor(workload, "holdfast:platform:ReverseProxy") !== undefined;
}

interface Middlewares {
  readonly strip: readonly string[];
  /** The Middleware that puts a notice in the place of an error. */
  readonly notice: string | undefined;
}

/** Traefik serves no route that names a Middleware which is not there. */
function readMiddlewares(declarations: Declarations, owner: Declared, list: Field): Middlewares | Misread {
  const strip: string[] = [];
  let notice: string | undefined;
  for (const reference of list.items()) {
    const name = plain(reference.get("name")) ?? "";
    const namespace = plain(reference.get("namespace")) ?? owner.namespace;
    const middleware = declarations.find(owner.site, "traefik.io/Middleware", namespace, name);
    if (!middleware)
      return {
        why: `Middleware ${namespace}/${name} is not declared at ${owner.site}: Traefik serves no such route`,
        isAbsent: true,
      };
    strip.push(
      ...middleware.inputs
        .get("spec", "stripPrefix", "prefixes")
        .items()
        .flatMap((prefix) => plain(prefix) ?? []),
    );
    if (isObject(middleware.inputs.get("spec", "errors").value)) notice = middleware.urn;
  }
  return { strip, notice };
}
