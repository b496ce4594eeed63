import { toleratedDisks } from "../topologies/levels.ts";
import { known, mapFact, unknown, valueOf } from "../resilience/fact.ts";
import type { Fact } from "../resilience/fact.ts";
import { combine } from "../resilience/observe/field.ts";
import type { AccountRedundancy, BackupStore, DiskArray, ManagedStorage, Site, System } from "../resilience/system.ts";
import { HOSTNAME, ZONE } from "./spread.ts";

/** An array of a site on which volumes of a storage class may lie. */
export interface Place {
  readonly server: string;
  readonly array: DiskArray;
}

export function siteOf(system: System, name: string): Site | undefined {
  return system.sites.find((site) => site.name === name);
}

/** The provider's class behind a storage class; undefined: its volumes lie on the site's own arrays, or nobody knows where. */
export function managedOf(site: Site, storageClass: Fact<string>): ManagedStorage | undefined {
  return (site.managedStorage ?? []).find(({ name }) => name === valueOf(storageClass));
}

/** Everywhere that a volume of a storage class may lie at a site. */
export function placesOf(site: Site, storageClass: Fact<string>): Fact<readonly Place[]> {
  if (storageClass.state !== "known") return storageClass;
  const declared = site.storageClasses.find(({ name }) => name === storageClass.value);
  if (!declared)
    return unknown(
      `nothing declares where storage class ${storageClass.value} of ${site.name} lies`,
      storageClass.source,
    );
  if (declared.array.state !== "known") return declared.array;
  const name = declared.array.value;
  const places = site.servers.flatMap((server) =>
    server.arrays.filter((array) => array.name === name).map((array) => ({ server: server.name, array })),
  );
  return known(places, declared.array.source);
}

/** Disks of an array that may fail at once without loss. */
export function disksToSpare({ level, disks }: DiskArray): Fact<number> {
  if (level.state !== "known") return level;
  if (disks.state !== "known") return disks;
  return known(toleratedDisks(level.value, disks.value), level.source);
}

/** `raid6 of 6 disks`, as far as it is known. */
export function arrayText({ name, server, level, disks }: DiskArray): string {
  return `${name} on ${server} (${valueOf(level) ?? "unknown level"} of ${valueOf(disks) ?? "?"})`;
}

/** Availability zones in which a site has servers; one whose servers name none is a zone by itself. */
export function zonesOf(site: Site): Fact<readonly string[]> {
  const named = site.servers.flatMap(({ zone }) => zone ?? []);
  const source = { urn: site.urn, path: "servers" };
  if (named.length === 0) return known([site.name], source);
  if (named.length < site.servers.length) return unknown(`only some servers of ${site.name} name their zone`, source);
  return mapFact(
    combine(named, (zones) => [...new Set(zones)], source),
    (zones) => zones.map((zone) => `${site.name}/${zone}`),
  );
}

/** How many values of a label the site's nodes have: so many places are there to spread over. */
export function domainsOf(site: Site, topologyKey: string): Fact<number> {
  const source = { urn: site.urn, path: "servers" };
  if (site.servers.length === 0) return unknown(`no server of ${site.name} is declared`, source);
  switch (topologyKey) {
    case HOSTNAME:
      return known(site.servers.length, source);
    case ZONE: {
      const zones = zonesOf(site);
      if (zones.state === "known" && zones.value.length < 2)
        return unknown(`nothing declares that the servers of ${site.name} lie in zones`, source);
      return mapFact(zones, (names) => names.length);
    }
    default:
      return unknown(`nothing declares which values of ${topologyKey} the nodes of ${site.name} have`, source);
  }
}

/** Where a backup store lies: on an array of a server, or in a provider's account, whose disks nobody counts. */
export type Lying =
  | { readonly kind: "array"; readonly array: BackupStore["array"] }
  | { readonly kind: "account"; readonly redundancy: Fact<AccountRedundancy> };

export function lyingOf({ array, redundancy }: BackupStore): Lying {
  return redundancy ? { kind: "account", redundancy } : { kind: "array", array };
}

/** Is a store at another site than the data? Two sites in one region of one provider fall together, and count as one. */
export function isElsewhere(system: System, store: BackupStore, name: string): boolean {
  const [data, other] = [siteOf(system, name), siteOf(system, store.site)];
  const region = store.region ?? other?.region;
  if (!data?.region || !region) return store.site !== name;
  const [own, others] = [data.provider, other?.provider].map((fact) => fact && valueOf(fact));
  // A region that is not known may be the same.
  const sameRegion = region.state !== "known" || region.value === valueOf(data.region);
  return store.site !== name ? !(own === others && sameRegion) : !sameRegion;
}

/** Does its provider keep a copy of it in another region? */
export function replicatesAbroad(store: BackupStore): boolean {
  const redundancy = store.redundancy && valueOf(store.redundancy);
  return redundancy === "grs" || redundancy === "gzrs";
}

/** Arrays of one's own; those that a provider keeps are watched by the provider. */
export function hasDisks(system: System): boolean {
  const arrays = system.sites.flatMap(({ servers }) => servers.flatMap((server) => server.arrays));
  return arrays.some(({ level }) => valueOf(level) !== "lrs" && valueOf(level) !== "zrs");
}
