import { valueOf } from "../fact.ts";
import type { System } from "../system.ts";
import type { Tri } from "./tri.ts";

/** What else of ours NetworkPolicies may admit to a gateway: none of it is a service. */
const OTHERS: ReadonlySet<string> = new Set([
  "proxy",
  "postgres",
  "mongo",
  "backup",
  "gateway",
  "nameserver",
  "notice",
]);
const SERVICES: ReadonlySet<string> = new Set(["service", "*"]);

/**
 * May the services of a site enter its gateway, and so reach the stores of other sites themselves? Not where the
 * cluster enforces NetworkPolicies and these keep them out [S1.6]; a policy for labels that may be a service's leaves it
 * open.
 */
export function servicesMayLeave(system: System, site: string): Tri {
  const entries = system.isolation.filter((entry) => entry.site === site).flatMap(({ admits }) => admits);
  if (entries.some((who) => SERVICES.has(who))) return "yes";
  const kept = entries.every((who) => OTHERS.has(who)) ? "no" : "unknown";
  const here = system.sites.find(({ name }) => name === site);
  const enforced = here && valueOf(here.enforcesNetworkPolicies);
  if (enforced === false || !system.isolation.some((entry) => entry.site === site)) return "yes";
  return enforced === undefined ? "unknown" : kept;
}

/** What holds whichever of two cases is true: their common answer, else unknown. */
export function either(one: Tri, other: Tri): Tri {
  return one === other ? one : "unknown";
}
