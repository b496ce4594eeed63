import { RESOLVER_RETRY } from "../constants.ts";
import type { Stage } from "../outcome.ts";
import type { AddressRecord, NameServer, System } from "../system.ts";
import { constantStage, heal, never } from "./restart.ts";
import type { Heal } from "./restart.ts";
import type { World } from "./world.ts";

/** Name servers that answer now. */
export function nameServersUp(world: World): readonly NameServer[] {
  return world.system.nameServers.filter((server) =>
    server.runsOn === "provider" ? !world.has(`provider:${server.provider ?? ""}`) : podsAnswer(world, server),
  );
}

const podsAnswer = (world: World, { site, replicas }: NameServer): boolean =>
  !world.has(`dns:${site}`) && world.podsUp(site) === "yes" && !(replicas.state === "known" && replicas.value === 0);

/** Records that visitors resolve: those of the hosts that the public routes answer for. */
export function publicRecords(system: System, servers: readonly NameServer[]): readonly AddressRecord[] {
  const hosts = new Set(
    system.proxies.flatMap(({ routes }) =>
      routes.filter(({ entry }) => entry === "public").flatMap((route) => route.hosts),
    ),
  );
  return servers.flatMap(({ records }) => records.filter(({ name }) => [...hosts].some((host) => covers(name, host))));
}

function covers(name: string, host: string): boolean {
  const plain = name.replace(/\.$/, "");
  return plain === host || (plain.startsWith("*.") && host.endsWith(plain.slice(1)));
}

/** How long until clients are no longer sent to a site that does not answer. */
export function dropTime(world: World, site: string): Heal {
  const { trail } = world;
  const key = `stale-dns:${site}`;
  const servers = nameServersUp(world);
  const records = publicRecords(world.system, servers).filter(({ targets }) =>
    targets.some((target) => target.site === site),
  );
  const urns = records.map(({ source }) => source.urn);
  if (publicRecords(world.system, world.system.nameServers).length === 0) {
    trail.missing("no address record for the platform's public names could be read");
    return heal([key], undefined);
  }
  const checksPass = world.podsUp(site) === "yes" && !world.has(`process:proxy@${site}`);
  if (world.has(`expired:public@${site}`) && checksPass) return never([key]);
  if (records.some(({ check }) => check === undefined)) {
    trail.say(`the zone is static: ${site} stays in the answers until a person takes it out`, ...urns);
    return never([key]);
  }
  const slow = world.system.nameServers.length > servers.length;
  return records
    .map((record) => heal([key], stages(record, slow)))
    .reduce((a, b) => ((b.seconds ?? 0) > (a.seconds ?? 0) ? b : a), heal([key], []));
}

function stages(record: AddressRecord, nameServerDead: boolean): readonly Stage[] {
  const { interval, timeout, failures } = record.check ?? { interval: 0, timeout: 0, failures: 0 };
  const urns = [record.source.urn];
  return [
    {
      name: "dns check",
      seconds: interval * failures + timeout,
      from: `${failures} failed ${failures === 1 ? "check" : "checks"}, one every ${interval} s, time-out ${timeout} s`,
      urns,
      governedBy: "setting",
    },
    { name: "dns cache", seconds: record.ttl, from: `TTL of ${record.name}`, urns, governedBy: "setting" },
    ...(nameServerDead ? [constantStage("dns retry", RESOLVER_RETRY)] : []),
  ];
}

/**
 * Share of the clients that resolve to one of the sites, by the authority that sends most of them there: a client asks one
 * of several. `undefined` if no record was read.
 */
export function worstShare(system: System, sites: readonly string[]): number | undefined {
  const found = publicRecords(system, system.nameServers).map(
    ({ targets }) =>
      targets.filter(({ site }) => sites.includes(site)).reduce((sum, { weight }) => sum + weight, 0) /
      targets.reduce((sum, { weight }) => sum + weight, 0),
  );
  return found.length === 0 ? undefined : Math.max(...found);
}

/** Share of the answers that each site gets, when the given sites are left out; `undefined` if no record was read. */
export function shares(system: System, without: readonly string[]): ReadonlyMap<string, number> | undefined {
  const record = publicRecords(system, system.nameServers)[0];
  if (!record) return undefined;
  const targets = record.targets.filter(({ site }) => !without.includes(site));
  const sum = targets.reduce((all, { weight }) => all + weight, 0);
  const found = new Map<string, number>();
  for (const { site, weight } of targets) found.set(site, (found.get(site) ?? 0) + (sum === 0 ? 0 : weight / sum));
  return found;
}
