import { known, mapFact, unknown, valueOf } from "./fact.ts";
import type { Fact } from "./fact.ts";
import { gdprHolds } from "./gdpr.ts";
import { regionPlace } from "./regions.ts";
import type { BackupStore, Site, System } from "./system.ts";

/** A place where a copy of some data lies [S2.5]. */
export interface Place {
  /** What keeps it there: `pg-azure`, `mongo-azure-0`, `core-media`, `backup-azure`. */
  readonly holder: string;
  readonly kind: "database" | "volume" | "backup";
  readonly site: string;
  /** Who runs the machines; known as `undefined` where no provider is declared: its owner does. */
  readonly provider: Fact<string | undefined>;
  /** Known as `undefined` where no provider is declared: its owner's servers stand in a country, and in nobody's region. */
  readonly region: Fact<string | undefined>;
  /** Country whose law holds there (ISO 3166-1 alpha-2). */
  readonly country: Fact<string>;
  /** Does the GDPR hold there as the law of the land? Who owns the provider is another question, which this does not answer. */
  readonly gdpr: Fact<boolean>;
  readonly urns: readonly string[];
}

/** Where the copies of one store's data lie. */
export interface DataPlaces {
  /** `postgres`, `mongo`, or `uploads:core-media`. */
  readonly data: string;
  readonly places: readonly Place[];
  /** The provider with which every copy would be gone; known as `undefined`: a copy lies elsewhere. */
  readonly onlyWith: Fact<string | undefined>;
}

/**
 * Where personal data lies: each database member, volume of users' files and backup, by site, provider, region and
 * country, and which data has no copy outside one provider [S2.5]. An arbiter holds no data, nor does a cache any that counts.
 */
export function dataPlaces(system: System): readonly DataPlaces[] {
  const clusters = system.postgres.map(({ name, site, urn }) => ({ holder: name, site, urn }));
  const members = system.mongo.flatMap((set) =>
    set.members
      .filter(({ arbiter, urn }) => !arbiter && urn !== undefined)
      .map(({ name, site, urn }) => ({ holder: name, site, urn: urn ?? set.urn })),
  );
  const uploads = system.volumes.filter(({ content }) => valueOf(content) !== "cache");
  const names = [...new Set(uploads.map(({ name }) => name))];
  return [
    ...(clusters.length > 0
      ? [placesOf(system, "postgres", "database", clusters, ["postgres", ...clusters.map(({ holder }) => holder)])]
      : []),
    ...(members.length > 0
      ? [placesOf(system, "mongo", "database", members, ["mongo", ...system.mongo.map(({ name }) => name)])]
      : []),
    ...names.map((name) => {
      const volumes = uploads.filter((volume) => volume.name === name);
      const held = volumes.map(({ site, urn }) => ({ holder: name, site, urn }));
      return placesOf(system, `uploads:${name}`, "volume", held, [name, `uploads-${name}`, "uploads"]);
    }),
  ];
}

function placesOf(
  system: System,
  data: string,
  kind: Place["kind"],
  held: readonly { readonly holder: string; readonly site: string; readonly urn: string }[],
  subjects: readonly string[],
): DataPlaces {
  const live = held.map(({ holder, site, urn }) => placeAt(siteOf(system, site), { holder, kind, site, urns: [urn] }));
  const backups = storesWith(system, subjects).flatMap((store) => accountPlaces(system, store));
  const places = [...live, ...backups];
  return { data, places, onlyWith: soleProvider(places) };
}

/** Stores that hold a subject, and those that copies were made into, and so on. */
function storesWith(system: System, subjects: readonly string[]): readonly BackupStore[] {
  const holding = new Set<string>();
  for (const { kind, subject, to } of system.backups) {
    const isCopy = kind === "copy" || kind === "restore-test";
    if (!isCopy && to.state === "known" && subject.state === "known" && subjects.includes(subject.value))
      holding.add(to.value);
  }
  for (let size = -1; size !== holding.size;) {
    size = holding.size;
    for (const { kind, subject, from, to } of system.backups) {
      const origins = [from, subject].flatMap((fact) => (fact.state === "known" ? [fact.value] : []));
      if (kind === "copy" && to.state === "known" && origins.some((origin) => holding.has(origin)))
        holding.add(to.value);
    }
  }
  return system.backupStores.filter(({ name }) => holding.has(name));
}

/** Where a store lies; a geo-redundant account has a copy in the paired region too. */
function accountPlaces(system: System, store: BackupStore): readonly Place[] {
  const site = siteOf(system, store.site);
  const base = { holder: store.name, kind: "backup" as const, site: store.site, urns: [store.urn] };
  const here = placeAt(site && store.region ? { ...site, region: store.region } : site, base);
  const redundancy = store.redundancy && valueOf(store.redundancy);
  if (redundancy !== "grs" && redundancy !== "gzrs") return [here];
  const [provider, region] = [valueOf(here.provider), valueOf(here.region)];
  const pair = provider === undefined || region === undefined ? undefined : regionPlace(provider, region)?.pair;
  const paired: Fact<string> =
    pair === undefined
      ? unknown(`which region is paired with ${region ?? "that of the account"} is not known`, {
          urn: store.urn,
          path: "",
        })
      : known(pair, { urn: store.urn, path: "sku.name" });
  return [
    here,
    placeAt(site && { ...site, region: paired }, { ...base, holder: `${store.name}, copy in the paired region` }),
  ];
}

function siteOf(system: System, name: string): Site | undefined {
  return system.sites.find((site) => site.name === name);
}

function placeAt(site: Site | undefined, base: Pick<Place, "holder" | "kind" | "site" | "urns">): Place {
  const nowhere = <T>(what: string): Fact<T> =>
    site
      ? unknown(`${what} of ${site.name} is not declared`, { urn: site.urn, path: "" })
      : unknown(`no site ${base.site} was read`);
  const provider: Fact<string | undefined> = site
    ? (site.provider ?? known(undefined, { urn: site.urn, path: "" }))
    : nowhere("the provider");
  const own = provider.state === "known" && provider.value === undefined;
  const region: Fact<string | undefined> = site?.region ?? (own ? provider : nowhere("the region"));
  const [owner, where] = [valueOf(provider), valueOf(region)];
  const found = owner !== undefined && where !== undefined ? regionPlace(owner, where) : undefined;
  if (site?.country)
    return { ...base, provider, region, country: site.country, gdpr: mapFact(site.country, gdprHolds) };
  const law = <T>(value: T | undefined, what: string): Fact<T> =>
    value === undefined
      ? where === undefined
        ? nowhere<T>(own ? "the country (holdfast:site.country)" : "the region")
        : unknown(`${what} of region ${where} is not known here`, site && { urn: site.urn, path: "region" })
      : mapFact(region, () => value);
  return { ...base, provider, region, country: law(found?.country, "the country"), gdpr: law(found?.gdpr, "the law") };
}

/** A copy whose provider is not known may lie elsewhere, or not. */
function soleProvider(places: readonly Place[]): Fact<string | undefined> {
  const [first] = places;
  if (!first) return unknown("no copy was read");
  const others = places.filter(
    ({ provider }) => provider.state === "known" && provider.value !== valueOf(first.provider),
  );
  if (others[0] && first.provider.state === "known")
    return known(undefined, { urn: others[0].urns[0] ?? "", path: "" });
  return places.map(({ provider }) => provider).find(({ state }) => state !== "known") ?? first.provider;
}
