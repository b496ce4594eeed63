import { mongoMembersOf } from "../topologies/index.ts";
import type { Topology } from "../topologies/types.ts";

/**
 * Names that several components, or both sites, must agree on. They are frozen once released: a changed name is a
 * replaced resource, and for a database that is its loss.
 */
export const namespaces = { platform: "platform", overlay: "overlay" } as const;

export const postgresName = (site: string): string => `pg-${site}`;
export const mongoMemberName = (site: string, index: number): string => `mongo-${site}-${index}`;
export const mongoArbiterName = (site: string): string => `mongo-${site}-arbiter`;
export const proxyName = (site: string): string => `proxy-${site}`;
export const backupName = (site: string): string => `backup-${site}`;
/** Service account of the jobs that write backups, where the store knows pods by what they are. */
export const BACKUP_SERVICE_ACCOUNT = "backup";

export const MONGO_REPLICA_SET = "platform";
/** The proxy's entry point for the other site: its routes are local only. */
export const OVERLAY_ENTRY_PORT = 9000;

/** A service of one site that the other sites reach through the tunnel, under the same name. */
export interface ExportedService {
  /** Name of the Service, the same at both sites. */
  readonly service: string;
  readonly site: string;
  readonly port: number;
  /** Port on the exporting site's tunnel address. */
  readonly tunnelPort: number;
}

const FIRST_TUNNEL_PORT = 20_000;
/** Each site has a range of its own, so that one gateway can hold the ports of all others. */
const PORTS_PER_SITE = 100;
const MONGO_PORT = 27_017;

/**
 * What a site exports to the others, in an order that never changes: the ports are part of the running tunnels. Members
 * that a role does not have keep their port, so that a switchover moves none.
 */
export function exportsOf(topology: Topology, site: string): readonly ExportedService[] {
  const first = FIRST_TUNNEL_PORT + PORTS_PER_SITE * topology.sites.findIndex(({ name }) => name === site);
  const mostData = Math.max(...topology.sites.map(({ name: active }) => mongoMembersOf(topology, site, active).data));
  const services: readonly (readonly [string, number])[] = [
    [postgresName(site), 5432],
    [proxyName(site), OVERLAY_ENTRY_PORT],
    [backupName(site), 9000],
    [mongoArbiterName(site), MONGO_PORT],
    ...Array.from({ length: mostData }, (_, index) => [mongoMemberName(site, index), MONGO_PORT] as const),
  ];
  return services.map(([service, port], index) => ({ service, site, port, tunnelPort: first + index }));
}

/** A site's address in the tunnel's network: 10.255.0.0/24 gives .1 to the first site, .2 to the second. */
export function tunnelAddress(topology: Topology, site: string): string {
  const index = topology.sites.findIndex(({ name }) => name === site);
  if (index < 0) throw new Error(`topology ${topology.name} has no site ${site}`);
  const [base] = topology.overlay.network.split("/");
  const octets = (base ?? "").split(".").map(Number);
  octets[3] = (octets[3] ?? 0) + index + 1;
  return octets.join(".");
}

/** The label that everything carries which this program declares. */
export const PART_OF = { "app.kubernetes.io/part-of": "holdfast" } as const;

/** Labels by which selectors and NetworkPolicies find pods. */
export function labels(component: string, instance: string = component): Record<string, string> {
  return {
    ...PART_OF,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/name": instance,
  };
}
