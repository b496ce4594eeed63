import { valueOf } from "../../resilience/fact.ts";
import type { BackupStore, Site, System } from "../../resilience/system.ts";
import { zonesOf } from "../../resilience/zones.ts";
import { bitRate } from "../view.ts";
import { shareText } from "./client-ways.ts";

/** A line of a site's box; `style` is a class of the style sheet. */
export interface Line {
  readonly text: string;
  readonly style: string;
}

/** A zone inside a site, and the servers in it. */
export interface ZoneColumn {
  readonly name: string;
  readonly servers: readonly string[];
}

/** The zones inside a site with their servers at the fewest; none where the site is one zone. */
export function zoneColumns(site: Site): readonly ZoneColumn[] {
  return zonesOf(site).map((name) => ({
    name,
    servers: site.servers.filter(({ zone }) => zone && valueOf(zone) === name).map((server) => server.name),
  }));
}

/** What stands in a site's box: where it is, what it runs on, what runs in it. */
export function linesOf(system: System, site: Site): readonly Line[] {
  const here = <T extends { readonly site: string }>(items: readonly T[]): readonly T[] =>
    items.filter((item) => item.site === site.name);
  const uplink = valueOf(site.uplink);
  const arrays = site.servers.flatMap((server) =>
    server.arrays.map(
      (array) =>
        `${server.name}/${array.name}: ${valueOf(array.disks) ?? "?"} × ${valueOf(array.level) ?? "level unknown"}`,
    ),
  );
  const services = [...new Set(here(system.services).map(({ name }) => name))];
  const members = system.mongo.flatMap((set) =>
    here(set.members).map(({ arbiter, priority, votes }) =>
      arbiter
        ? "arbiter"
        : priority > 0
          ? "electable member"
          : votes > 0
            ? "member, priority 0"
            : "member without a vote",
    ),
  );
  const small = (text: string): Line => ({ text, style: "small" });
  const plain = (text: string): Line => ({ text, style: "" });
  return [
    { text: site.name, style: "strong" },
    ...ownerLines(site).map(small),
    small(shareText(system, site.name)),
    small(`uplink ${uplink === undefined ? "unknown" : bitRate(uplink)}`),
    ...arrays.map(small),
    ...storageLines(site).map(small),
    ...here(system.proxies).map((proxy) => plain(`proxy × ${valueOf(proxy.replicas) ?? "?"}`)),
    ...(here(system.nameServers).some(({ runsOn }) => runsOn === "site") ? [plain("name server")] : []),
    ...(services.length > 0 ? [plain(`services: ${services.join(", ")}`)] : []),
    ...here(system.postgres).map((cluster) =>
      plain(`PostgreSQL ${postgresRole(valueOf(cluster.replica))} × ${valueOf(cluster.instances) ?? "?"}`),
    ),
    ...(members.length > 0 ? [plain(`MongoDB: ${counted(members)}`)] : []),
    ...here(system.backupStores).map((store) => plain(storeText(store))),
  ];
}

function ownerLines({ provider, region, servers, mostServers }: Site): readonly string[] {
  const named = [provider, region].flatMap((fact) => (fact ? [valueOf(fact) ?? "unknown"] : []));
  const most = mostServers && valueOf(mostServers);
  return [
    ...(named.length > 0 ? [`run by ${named.join(", ")}`] : []),
    ...(most !== undefined && most !== servers.length ? [`${servers.length} to ${most} servers`] : []),
  ];
}

function storageLines({ managedStorage = [] }: Site): readonly string[] {
  return managedStorage.map(({ redundancy, shared }) => {
    const what = shared ? "shares" : "volumes";
    const copies = valueOf(redundancy);
    switch (copies) {
      case "zrs":
        return `${what}: a copy in each of three zones`;
      case "lrs":
        return `${what}: copies in one zone`;
      case undefined:
        return `${what}: copies unknown`;
      default: {
        const never: never = copies;
        throw new Error(`no words for ${String(never)}`);
      }
    }
  });
}

/** `electable member × 3`, in the order in which they first stand. */
function counted(names: readonly string[]): string {
  return [...new Set(names)]
    .map((name) => {
      const count = names.filter((other) => other === name).length;
      return count > 2 ? `${name} × ${count}` : Array.from({ length: count }, () => name).join(", ");
    })
    .join(", ");
}

function postgresRole(replica: boolean | undefined): string {
  return replica === undefined ? "(role unknown)" : replica ? "standby" : "primary";
}

function storeText({ name, redundancy, array }: BackupStore): string {
  if (redundancy) return `backup account ${name}, ${valueOf(redundancy) ?? "copies unknown"}`;
  const place = valueOf(array);
  return `backup store on ${place ? `${place.server}/${place.array}` : "an unknown array"}`;
}
