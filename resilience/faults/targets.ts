import type { System } from "../system.ts";
import { valueOf } from "../fact.ts";
import { zonesOf } from "../zones.ts";

/** What a system has that can fail: the only targets that a fault may name. */
export interface Targets {
  readonly sites: readonly string[];
  /** `site/zone`, of sites with zones inside. */
  readonly zones: readonly string[];
  readonly providers: readonly string[];
  readonly servers: readonly string[];
  /** `site/array`. */
  readonly arrays: readonly string[];
  /** Pairs of sites that a declared link connects, in alphabetical order. */
  readonly links: readonly (readonly [string, string])[];
  /** `process@site`. */
  readonly processes: readonly string[];
  /** Processes of databases, `process@site`: they may hang as well as die. */
  readonly databases: readonly string[];
  readonly subjects: readonly string[];
  readonly nameServers: readonly string[];
  readonly backupStores: readonly string[];
  readonly gateways: readonly string[];
  /** Sites with a database member. */
  readonly clocks: readonly string[];
  /** `purpose` or `purpose@site`. */
  readonly certificates: readonly string[];
}

export function targetsOf(system: System): Targets {
  const databases = [
    ...system.postgres.map(({ site }) => `postgres@${site}`),
    ...system.mongo.flatMap(({ members }) =>
      members
        .filter(({ urn }) => urn !== undefined)
        .map(({ site, arbiter }) => `${arbiter ? "arbiter" : "mongo"}@${site}`),
    ),
  ];
  // A provider's name servers are not ours to lose one by one: they go with the provider.
  const own = system.nameServers.filter(({ runsOn }) => runsOn === "site");
  const gateways = unique(system.links.map(({ from }) => from));
  const pairs = system.links.map(({ from, to }) => (from < to ? `${from}\n${to}` : `${to}\n${from}`));
  return {
    sites: unique(system.sites.map(({ name }) => name)),
    zones: unique(system.sites.flatMap((site) => zonesOf(site).map((zone) => `${site.name}/${zone}`))),
    providers: unique(system.sites.flatMap(({ provider }) => (provider?.state === "known" ? [provider.value] : []))),
    servers: unique(system.sites.flatMap(({ servers }) => servers.map(({ name }) => name))),
    arrays: unique(
      system.sites.flatMap(({ name, servers }) =>
        servers.flatMap(({ arrays }) => arrays.map((array) => `${name}/${array.name}`)),
      ),
    ),
    links: unique(pairs).map((pair) => pair.split("\n") as [string, string]),
    processes: unique([
      ...system.services.map(({ name, site }) => `${name}@${site}`),
      ...databases,
      ...system.proxies.map(({ site }) => `proxy@${site}`),
      ...own.map(({ site }) => `nameserver@${site}`),
      ...gateways.map((site) => `gateway@${site}`),
    ]),
    databases: unique(databases),
    subjects: [
      ...(system.postgres.length > 0 ? ["postgres"] : []),
      ...(system.mongo.length > 0 ? ["mongo"] : []),
      ...(system.volumes.some((volume) => valueOf(volume.content) !== "cache") ? ["uploads"] : []),
    ],
    nameServers: unique(own.map(({ site }) => site)),
    backupStores: unique(system.backupStores.map(({ site }) => site)),
    gateways,
    clocks: unique(databases.map((process) => process.split("@")[1] ?? "")),
    certificates: unique(system.certificates.flatMap(({ purpose, site }) => [purpose, `${purpose}@${site}`])),
  };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
