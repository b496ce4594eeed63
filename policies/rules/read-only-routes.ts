import { valueOf } from "../../resilience/fact.ts";
import type { Route, Service, System } from "../../resilience/system.ts";
import { Findings, listed } from "../findings.ts";
import type { StackRule } from "../rule.ts";

/** Methods that ask for no change (RFC 9110, 9.2.1). */
const SAFE: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

export const readOnlyRoutes: StackRule = {
  kind: "stack",
  name: "read-only-routes",
  what: "A standby's routes to its own copies of services that write admit only safe methods, and POST where a service declares that it reads.",
  ids: ["S1.3"],
  why: "A write that a standby takes fails there at best; at worst it is stored where nobody will look for it.",
  fix: "Route GET, HEAD and OPTIONS to the own service and every other method to the site that takes the writes, or declare the path in postIsRead.",
  level: "mandatory",
  subject: "a route of a standby to a service of its own that has a store or takes uploads",
  expected: ({ system }) => isStandby(system) && system.services.some(writes),
  evaluate({ system }) {
    const findings = new Findings();
    if (system.services.some(writes))
      for (const { name, urn, replica } of system.postgres)
        findings.read(replica, `whether ${name} follows another cluster`, urn, "Declare spec.replica in plain values");
    if (!isStandby(system)) return findings.verdict();
    const writing = new Map(system.services.filter(writes).map((service) => [service.name, service]));
    for (const { site, routes } of system.proxies) {
      for (const route of routes) {
        for (const backend of route.backends) {
          const service = backend.site === site ? writing.get(backend.service ?? "") : undefined;
          if (!service) continue;
          findings.subject();
          const unsafe = unsafeMethods(route, service);
          if (unsafe.length > 0)
            findings.add(
              route.urn,
              `Route ${route.rule} leads ${listed(unsafe)} to ${service.name} at ${site}, a standby.`,
            );
        }
      }
    }
    return findings.verdict();
  },
};

/** A site of which no database takes writes: PostgreSQL follows another one, and no member of MongoDB can be elected. */
function isStandby({ postgres, mongo, sites }: System): boolean {
  const own = new Set(sites.map(({ name }) => name));
  const electable = mongo.flatMap(({ members }) => members).filter(({ arbiter, priority }) => !arbiter && priority > 0);
  return (
    postgres.length > 0 &&
    postgres.every(({ replica }) => valueOf(replica) === true) &&
    !electable.some(({ site }) => own.has(site))
  );
}

function writes({ store, volumes }: Service): boolean {
  return store !== undefined || volumes.length > 0;
}

/** The methods that the route should not let through. */
function unsafeMethods(route: Route, service: Service): readonly string[] {
  if (route.methods === undefined) return ["every method"];
  const unsafe = route.methods.filter((method) => !SAFE.includes(method));
  const reads = (service.postIsRead && valueOf(service.postIsRead)) ?? [];
  const exact = route.exactPaths ?? [];
  const declared = route.paths.length > 0 && route.paths.every((path) => exact.includes(path) && reads.includes(path));
  return declared ? unsafe.filter((method) => method !== "POST") : unsafe;
}
