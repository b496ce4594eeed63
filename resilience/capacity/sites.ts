import { valueOf } from "../fact.ts";
import type { CapacityOutcome } from "../outcome.ts";
import type { Workload } from "../promised.ts";
import type { System } from "../system.ts";
import { loadOf } from "./load.ts";

/**
 * What each site must carry for its share of the peak, against what it declares. A site's service that declares no
 * `requestsPerSecond` makes its capacity unknown; of several the weakest counts, as any request may need it.
 *
 * @param shares of the clients, per site; a site that is missing gets none
 */
export function capacityOf(
  system: System,
  workload: Workload,
  shares: ReadonlyMap<string, number>,
): readonly CapacityOutcome[] {
  const load = loadOf(workload);
  return system.sites.map((site) => {
    const share = shares.get(site.name) ?? 0;
    const replication = share > 0 ? replicationFrom(system, site.name) * load.replicationBits : 0;
    const uplink = {
      needed: load.bits * share + replication,
      available: valueOf(site.uplink) ?? null,
      unit: "bit/s",
    } as const;
    const requests = { needed: load.requests * share, available: servable(system, site.name), unit: "1/s" } as const;
    return { site: site.name, share, uplink, requests, enough: enough([uplink, requests]) };
  });
}

/** Standby sites to which a site streams its writes. */
function replicationFrom(system: System, site: string): number {
  return system.postgres.filter((cluster) => valueOf(cluster.sourceSite) === site && cluster.site !== site).length;
}

function servable(system: System, site: string): number | null {
  const each = system.services
    .filter((service) => service.site === site)
    .map((service) => {
      const replicas = valueOf(service.replicas);
      const capacity = valueOf(service.capacity);
      return replicas === undefined || capacity === undefined ? null : replicas * capacity;
    });
  return each.reduce<number | null>(
    (least, value) => (least === null || value === null ? null : Math.min(least, value)),
    each.length === 0 ? null : Infinity,
  );
}

function enough(
  demands: readonly { readonly needed: number; readonly available: number | null }[],
): CapacityOutcome["enough"] {
  const asked = demands.filter(({ needed }) => needed > 0);
  if (asked.some(({ needed, available }) => available !== null && needed > available)) return "no";
  return asked.some(({ available }) => available === null) ? "unknown" : "yes";
}
