import { valueOf } from "../resilience/fact.ts";
import type { Fact } from "../resilience/fact.ts";
import type { BackupStore, PostgresCluster, Site, System } from "../resilience/system.ts";
import { dataOf, primaries } from "./data.ts";
import type { Data } from "./data.ts";
import { holdersOf } from "./holders.ts";
import { managedOf, siteOf, zonesOf } from "./places.ts";
import { podGroups } from "./pod-groups.ts";
import { domainsHeld } from "./replicas.ts";
import type { PlatformView } from "./rule.ts";
import { ZONE } from "./spread.ts";

/** Copies that zone-redundant storage keeps, one in each zone (Azure, disks and blobs with ZRS, 2025). */
const ZONE_REDUNDANT_COPIES = 3;

/** What is one and the same data, wherever its copies lie. */
export interface DataSet {
  readonly label: string;
  readonly urn: string;
  readonly parts: readonly Part[];
  /** Of files: copies of which only backups are made. */
  readonly data: Data | undefined;
  readonly unclear: readonly Unclear[];
}

/** What one resource holds of it at one site: a cluster, a member, a volume. */
interface Part {
  readonly site: string;
  readonly urn: string;
  readonly storageClass: Fact<string>;
}

interface Unclear {
  readonly what: string;
  readonly fact: Fact<unknown>;
}

export function dataSets(system: System): readonly DataSet[] {
  const unclear = system.postgres
    .filter(({ replica, sourceSite }) => valueOf(replica) === true && sourceSite.state !== "known")
    .map(({ name, sourceSite: fact }) => ({ what: `the site that ${name} follows`, fact }));
  return [
    ...primaries(system).map((cluster) => ({
      label: `PostgreSQL (${cluster.name})`,
      urn: cluster.urn,
      parts: [cluster, ...followersOf(system, cluster)],
      data: undefined,
      unclear,
    })),
    ...system.mongo.map((set) => ({
      label: `MongoDB (${set.name})`,
      urn: set.urn,
      parts: set.members.flatMap(({ arbiter, urn, site, storageClass }) =>
        arbiter || urn === undefined ? [] : [{ site, urn, storageClass }],
      ),
      data: undefined,
      unclear: [],
    })),
    ...dataOf(system)
      .filter(({ kind }) => kind === "uploads")
      .map((data) => ({ label: data.label, urn: data.urn, parts: [data], data, unclear: [] })),
  ];
}

/** Clusters that stream from it, and those that stream from these. */
function followersOf(system: System, primary: PostgresCluster): readonly PostgresCluster[] {
  const found = new Set([primary]);
  for (const source of found) {
    for (const cluster of system.postgres) {
      if (valueOf(cluster.replica) === true && valueOf(cluster.sourceSite) === source.site) found.add(cluster);
    }
  }
  return [...found].filter((cluster) => cluster !== primary);
}

/** Zones that are sure to hold a copy, and what would have to be known to say more. */
export function copiesOf(
  view: PlatformView,
  set: DataSet,
): { readonly zones: readonly string[]; readonly unclear: readonly Unclear[] } {
  const { system } = view;
  const sites = [...new Set(set.parts.map(({ site }) => site))];
  const each = sites.flatMap((name) => {
    const site = siteOf(system, name);
    return site ? [atSite(view, site, set)] : [];
  });
  const backups = set.data ? holdersOf(system, set.data).flatMap(({ store }) => zonesOfStore(system, store)) : [];
  return {
    zones: [...new Set([...each.flatMap(({ zones }) => zones), ...backups])],
    unclear: [...set.unclear, ...each.flatMap(({ unclear }) => unclear)],
  };
}

interface AtSite {
  readonly zones: readonly string[];
  readonly unclear: readonly Unclear[];
}

function atSite(view: PlatformView, site: Site, set: DataSet): AtSite {
  const parts = set.parts.filter((part) => part.site === site.name);
  const managed = parts.flatMap(({ storageClass }) => managedOf(site, storageClass) ?? []);
  const unclear = managed.map(({ name, redundancy: fact }) => ({
    what: `the redundancy of storage class ${name}`,
    fact,
  }));
  if (managed.some(({ redundancy }) => valueOf(redundancy) === "zrs")) return { zones: redundantZones(site), unclear };
  const declared = zonesOf(site);
  const zones = valueOf(declared);
  if (!zones)
    return { zones: [site.name], unclear: [...unclear, { what: `the zones of ${site.name}`, fact: declared }] };
  const urns = new Set(parts.map(({ urn }) => urn));
  const held = view.stacks
    .flatMap((stack) => podGroups({ stack, system: view.system }))
    .filter((group) => group.site === site.name && urns.has(group.urn))
    .map((group) => domainsHeld(view.system, group, ZONE));
  return { zones: zones.slice(0, Math.max(1, ...held)), unclear };
}

function redundantZones(site: Site): readonly string[] {
  const zones = valueOf(zonesOf(site)) ?? [];
  const names = Array.from({ length: ZONE_REDUNDANT_COPIES }, (_, index) => `${site.name}/ZRS copy ${index + 1}`);
  return zones.length >= ZONE_REDUNDANT_COPIES ? zones : names;
}

/** Of a store at the data's own site only what its provider spreads by itself counts as another zone. */
function zonesOfStore(system: System, store: BackupStore): readonly string[] {
  const site = siteOf(system, store.site);
  if (!site) return [];
  const redundancy = store.redundancy && valueOf(store.redundancy);
  switch (redundancy) {
    case "zrs":
      return redundantZones(site);
    case "gzrs":
      return [...redundantZones(site), `${store.site}/paired region`];
    case "grs":
      return [site.name, `${store.site}/paired region`];
    case "lrs":
    case undefined:
      return [zoneOfArray(site, store) ?? site.name];
    default: {
      const never: never = redundancy;
      throw new Error(`redundancy ${String(never)}`);
    }
  }
}

function zoneOfArray(site: Site, store: BackupStore): string | undefined {
  const server = site.servers.find(({ name }) => name === valueOf(store.array)?.server);
  const zone = server?.zone && valueOf(server.zone);
  return zone === undefined ? undefined : `${site.name}/${zone}`;
}
