import { valueOf } from "./fact.ts";
import type { System } from "./system.ts";

/**
 * What a site is to the others, as the declared databases say: `primary` where PostgreSQL takes writes, `standby` where it
 * follows; a further site of the same role is numbered, one without a readable role keeps its name.
 */
export function roleNames(system: System): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    system.sites.map(({ name }) => {
      const role = roleOf(system, name);
      if (!role) return [name, name];
      const count = (counts.get(role) ?? 0) + 1;
      counts.set(role, count);
      return [name, count === 1 ? role : `${role}${count}`];
    }),
  );
}

function roleOf(system: System, site: string): string | undefined {
  const replica = system.postgres.filter((cluster) => cluster.site === site).map((cluster) => valueOf(cluster.replica));
  if (replica.includes(false)) return "primary";
  return replica.includes(true) ? "standby" : undefined;
}

/**
 * A fault expression in which sites are named by their roles: `site:aachen` becomes `site:primary`, so that faults of
 * different topologies can be held against each other. Server names that start with their site's name follow it.
 */
export function byRole(expression: string, system: System): string {
  const roles = roleNames(system);
  const servers = new Map(
    system.sites.flatMap(({ name, servers: ofSite }) =>
      ofSite.map((server, index) => [server.name, `${roles.get(name) ?? name}-server-${index + 1}`] as const),
    ),
  );
  const event = (text: string): string => {
    const [kind = "", ...rest] = text.split(":");
    const target = rest.join(":");
    if (kind === "node") return `${kind}:${servers.get(target) ?? target}`;
    const named = replaceSites(target, roles);
    // A cut in both directions has no order; its canonical one is that of the sites' names, which are gone now.
    return `${kind}:${kind === "link" ? named.split("-").sort().join("-") : named}`;
  };
  return expression
    .split(",")
    .map((step) => step.split("+").map(event).sort().join("+"))
    .join(",");
}

/** Whole names only: a site `a` is no part of `aachen`. */
function replaceSites(target: string, roles: ReadonlyMap<string, string>): string {
  return target
    .split(/([-@>/:])/)
    .map((part) => roles.get(part) ?? part)
    .join("");
}
