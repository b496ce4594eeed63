import { allAzure } from "./all-azure.ts";
import { azurePrimary } from "./azure-primary.ts";
import { masterSlave } from "./master-slave.ts";
import type { MongoSiteMembers, Role, Topology } from "./types.ts";

/** Every topology that `holdfast:topology` can name. A new one is one file of data and one line here. */
export const topologies: readonly Topology[] = Object.freeze([masterSlave, azurePrimary, allAzure]);

export function findTopology(name: string): Topology | undefined {
  return topologies.find((topology) => topology.name === name);
}

/** The topology that a stack belongs to when its config names none: the first that has its site. */
export function defaultTopology(site: string): Topology | undefined {
  const having = topologies.filter((topology) => topology.sites.some(({ name }) => name === site));
  return having[0];
}

/**
 * The role that each site plays now. `active` is the site that takes the writes: the topology's primary, or, after a
 * switchover, the standby that `holdfast:active` names; the former primary then plays the standby's role.
 */
export function rolesOf(topology: Topology, active?: string): ReadonlyMap<string, Role> {
  const primary = active ?? primaryOf(topology);
  return new Map(topology.sites.map(({ name }) => [name, name === primary ? "primary" : "standby"]));
}

export function primaryOf(topology: Topology): string {
  const primary = topology.sites.find(({ role }) => role === "primary");
  if (!primary) throw new Error(`topology ${topology.name} has no primary site`);
  return primary.name;
}

/** What a site has of the MongoDB replica set while `active` takes the writes. */
export function mongoMembersOf(topology: Topology, site: string, active: string): MongoSiteMembers {
  const { members, exchanged } = topology.mongo;
  const plan = active === primaryOf(topology) ? members : (exchanged ?? members);
  return plan[site === active ? "primary" : "standby"];
}
