import { loadOf } from "../resilience/capacity/load.ts";
import { valueOf } from "../resilience/fact.ts";
import type { FaultEvent } from "../resilience/fault.ts";
import type { Outcome } from "../resilience/outcome.ts";
import { dataPlaces } from "../resilience/places.ts";
import { roleNames } from "../resilience/roles.ts";
import type { Site, System } from "../resilience/system.ts";
import type { Candidate } from "./comparison.ts";
import { costSentence } from "./cost-text.ts";
import { bitRate, dataLossText, recoveryText } from "./view.ts";

/** A row of a comparison: what the document's pros and cons speak of, and what is declared of it. */
export interface ComparedFact {
  readonly what: string;
  /** The requirement that asks for it. */
  readonly id: string;
  readonly text: string;
}

export function factsOf({ judgement, configuration }: Candidate): readonly ComparedFact[] {
  const { system, outcomes, cost } = judgement;
  return [
    { what: "sites", id: "S1-S3", text: sitesText(system) },
    { what: "zones", id: "R7", text: zonesText(system) },
    { what: "copies of the data", id: "R4", text: copiesText(system) },
    { what: "synchronisation between sites", id: "N1", text: synchronisationText(system) },
    {
      what: "configuration of the databases",
      id: "N3",
      text: `${configuration.written} values by hand, ${configuration.declared} made from them`,
    },
    { what: "scaling", id: "N4, S3.4", text: system.sites.map(scalingText).join("; ") },
    { what: "personal data lies", id: "S2.5", text: dataText(system) },
    { what: "data with one provider only", id: "S2.5", text: soleText(system) },
    { what: "without a zone", id: "S2.4, S3.3", text: withoutText(outcomes, "zone") },
    { what: "without a site, or its region", id: "S2.4", text: withoutText(outcomes, "site") },
    { what: "without the provider", id: "S2.5", text: withoutText(outcomes, "provider") || "no provider is declared" },
    { what: "cost", id: "R6", text: costSentence(cost) },
  ];
}

function sitesText(system: System): string {
  return [...roleNames(system)].map(([site, role]) => (site === role ? site : `${site} (${role})`)).join(", ");
}

/** A site that declares no zones of its servers is one. */
function zonesText({ sites }: System): string {
  const counts = sites.map(({ name, servers }) => {
    const zones = new Set(servers.map(({ zone }) => (zone ? (valueOf(zone) ?? "?") : "")));
    return { name, count: Math.max(1, zones.size), known: !zones.has("?") };
  });
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const each = counts.map(({ name, count, known }) => `${name} ${known ? count : "unknown"}`).join(", ");
  return `${counts.every(({ known }) => known) ? total : "unknown"} (${each})`;
}

function copiesText(system: System): string {
  const per = (count: (site: string) => number | undefined): string =>
    system.sites
      .map(({ name }) => ({ name, copies: count(name) }))
      .filter(({ copies }) => copies !== 0)
      .map(({ name, copies }) => `${copies ?? "an unknown number"} in ${name}`)
      .join(", ") || "none";
  const postgres = per((site) =>
    system.postgres
      .filter((cluster) => cluster.site === site)
      .reduce<number | undefined>((sum, { instances }) => {
        const count = valueOf(instances);
        return sum === undefined || count === undefined ? undefined : sum + count;
      }, 0),
  );
  const mongo = per(
    (site) =>
      system.mongo.flatMap(({ members }) => members).filter((member) => member.site === site && !member.arbiter).length,
  );
  const stores = system.backupStores.map(({ site, redundancy }) => {
    const copies = redundancy && valueOf(redundancy);
    return copies === undefined ? site : `${site} (account, ${copies})`;
  });
  const counted = [...new Set(stores)].map((store) => {
    const count = stores.filter((one) => one === store).length;
    return count === 1 ? store : `${store}, ${count} of them`;
  });
  return `PostgreSQL ${postgres}; MongoDB ${mongo}; backups in ${counted.join(", ") || "no store"}`;
}

function synchronisationText({ workload, postgres }: System): string {
  const standbys = postgres.filter((cluster) => {
    const source = valueOf(cluster.sourceSite);
    return source !== undefined && source !== cluster.site;
  }).length;
  if (standbys === 0) return "none: no database follows another site";
  const load = valueOf(workload);
  return load ? `${bitRate(loadOf(load).replicationBits * standbys)} at the peak` : "unknown: the load is not declared";
}

/** A pool grows for pods that find no room, and load alone makes no pods. */
function scalingText({ name, servers, mostServers, podAutoscalers }: Site): string {
  const most = mostServers && valueOf(mostServers);
  if (most === undefined || most === servers.length)
    return `${name}: ${servers.length} ${servers.length === 1 ? "server" : "servers"}, more by hand`;
  const grows = `${name}: ${servers.length} to ${most} servers, by itself`;
  return podAutoscalers ? grows : `${grows} for pods that find no room; more pods as the load grows by hand`;
}

/** Distinct places of all data; where no provider is named, the site's owner keeps it. */
function dataText(system: System): string {
  const places = dataPlaces(system).flatMap((data) => data.places);
  const texts = places.map(({ site, provider, region, country, gdpr }) => {
    const own = provider.state === "known" && provider.value === undefined;
    const where = [...(own ? [] : [valueOf(provider), valueOf(region)]), valueOf(country)];
    const words = [...(own ? [`${site}: servers of one's own`] : []), ...where.map((value) => value ?? "unknown")];
    const law = valueOf(gdpr);
    return `${words.join(", ")} (GDPR ${law === undefined ? "unknown" : law ? "holds there" : "does not hold there"})`;
  });
  return [...new Set(texts)].join("; ") || "unknown: nothing that holds data could be read";
}

/** Data of which every copy lies with one provider; where a copy's provider is not known, that is not known either. */
function soleText(system: System): string {
  const all = dataPlaces(system).map(({ data, onlyWith }) => ({ data, onlyWith }));
  const sole = all.flatMap(({ data, onlyWith }) => {
    const provider = valueOf(onlyWith);
    return provider === undefined ? [] : [`${data} (${provider})`];
  });
  const open = all.filter(({ onlyWith }) => onlyWith.state !== "known").map(({ data }) => `${data} (unknown)`);
  return [...sole, ...open].join(", ") || "none";
}

/** What the loss of each thing of one kind leaves; what is the same for several is told once. */
function withoutText(outcomes: readonly Outcome[], kind: FaultEvent["kind"]): string {
  const told = new Map<string, string[]>();
  for (const { fault, events, sites, recovery, dataLoss } of outcomes) {
    const [event, ...others] = events.flat();
    if (event?.kind !== kind || others.length > 0) continue;
    const levels = [...new Set(sites.map(({ reads, writes }) => `${reads}/${writes}`))];
    const each = sites.map(({ site, reads, writes }) => `${site}'s clients ${reads}/${writes}`).join(", ");
    const lost = dataLossText(dataLoss);
    const text = `${levels.length === 1 ? levels.join("") : each}, ${recoveryText(recovery)}${lost === "none" ? "" : `, lost: ${lost}`}`;
    told.set(text, [...(told.get(text) ?? []), fault]);
  }
  return [...told].map(([text, faults]) => `${faults.join(", ")}: ${text}`).join("; ");
}
