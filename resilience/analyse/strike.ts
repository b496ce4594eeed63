import type { FaultEvent } from "../fault.ts";
import type { Stage } from "../outcome.ts";
import { valueOf } from "../fact.ts";
import type { PostgresCluster, System } from "../system.ts";
import { MONGO_START } from "../constants.ts";
import { accountsLost } from "./accounts.ts";
import { standbyFollows } from "./archive-looks.ts";
import { afterNodeDeath } from "./failover.ts";
import { hungPostgres } from "./hung-postgres.ts";
import { afterCrash, afterHang, allStages, heal, never, postgresRestart, secondsOf } from "./restart.ts";
import type { Heal } from "./restart.ts";
import type { Trail } from "./trail.ts";
import type { World } from "./world.ts";
import { zoneStrike } from "./zone-strike.ts";

/** What an event breaks for good, and what comes back. */
export interface Strike {
  readonly lasting: readonly string[];
  readonly heals: readonly Heal[];
}

/** The effect of one event other than lost disks, which `disks.ts` spreads over the arrays. `before`: what it finds. */
export function strike(before: World, event: FaultEvent): Strike {
  const { system } = before;
  const lasting = (...keys: readonly string[]): Strike => ({ lasting: keys, heals: [] });
  switch (event.kind) {
    case "disk":
      return lasting();
    case "storage":
      return lasting(...storageAt(system, event.site));
    case "node":
      return afterNodeDeath(before, event.server);
    case "zone":
      return event.zone === undefined ? lasting(`site:${event.site}`) : zoneStrike(before, event.site, event.zone);
    case "provider":
      return lasting(...providerKeys(before, event.provider));
    case "site":
      return lasting(`site:${event.site}`);
    case "link": {
      const ways = event.oneWay
        ? [`${event.from}>${event.to}`]
        : [`${event.from}>${event.to}`, `${event.to}>${event.from}`];
      return lasting(...ways.map((way) => `cut:${way}`));
    }
    case "process":
      return { lasting: [], heals: processHeals(before, event.process, event.site, event.hang) };
    case "gateway":
      return { lasting: [], heals: processHeals(before, "gateway", event.site, false) };
    case "dns":
      return { lasting: [], heals: processHeals(before, "nameserver", event.site, false) };
    case "corruption":
      return lasting(`corrupted:${event.subject}`);
    case "backup-store":
    case "control-plane":
    case "clock":
      return lasting(`${event.kind}:${event.site}`);
    case "certificate-expiry":
      return lasting(
        ...system.certificates
          .filter(({ purpose, site }) => purpose === event.purpose && (event.site === undefined || site === event.site))
          .map(({ purpose, site }) => `expired:${purpose}@${site}`),
      );
    default: {
      const unhandled: never = event;
      throw new Error(`no effect for ${JSON.stringify(unhandled)}`);
    }
  }
}

/** Arrays, the volumes that a provider keeps, and its backup accounts. */
function storageAt(system: System, name: string): readonly string[] {
  const managed = system.sites.some((site) => site.name === name && (site.managedStorage ?? []).length > 0);
  return [
    ...arraysAt(system, name).map((key) => `array:${key}`),
    ...(managed ? [`volumes:${name}`] : []),
    ...accountsLost(system, name),
  ];
}

/** With the provider goes everything that lies with it, copies in other regions too. */
function providerKeys({ system, trail }: World, provider: string): readonly string[] {
  for (const { name, provider: own } of system.sites)
    if (own && own.state !== "known") trail.read(own, `whose machines ${name} runs on`);
  const sites = system.sites.filter((site) => site.provider && valueOf(site.provider) === provider);
  return [
    `provider:${provider}`,
    ...sites.flatMap(({ name }) => [
      `site:${name}`,
      ...storageAt(system, name),
      ...system.backupStores
        .filter(({ site, redundancy }) => site === name && redundancy)
        .map((s) => `store:${s.name}`),
    ]),
  ];
}

function arraysAt(system: System, site: string): readonly string[] {
  return system.sites
    .filter(({ name }) => name === site)
    .flatMap(({ servers }) => servers.flatMap(({ arrays }) => arrays.map((array) => `${array.server}/${array.name}`)));
}

function processHeals(before: World, process: string, site: string, hang: boolean): readonly Heal[] {
  const { system, trail } = before;
  const what = `${process} at ${site}`;
  const key =
    process === "gateway" ? `gateway:${site}` : process === "nameserver" ? `dns:${site}` : `process:${process}@${site}`;
  const keys = hang ? [key, `hung:${process}@${site}`] : [key];
  const restarts = [
    ...system.services.filter((each) => each.name === process && each.site === site),
    ...(process === "proxy" ? system.proxies.filter((each) => each.site === site) : []),
    ...(process === "nameserver"
      ? system.nameServers.filter((each) => each.site === site && each.runsOn === "site")
      : []),
    ...(process === "gateway" ? system.links.filter(({ from }) => from === site) : []),
    ...system.mongo
      .flatMap(({ members }) => members)
      .filter((member) => member.site === site && process === (member.arbiter ? "arbiter" : "mongo")),
  ];
  const cluster = process === "postgres" ? system.postgres.find((each) => each.site === site) : undefined;
  if (cluster) return [hang ? hungPostgres(before, cluster, keys) : heal(keys, postgresCrash(cluster, what, trail))];
  if (process === "proxy" && before.has(`control-plane:${site}`)) {
    trail.say(
      `a proxy that restarts while the control plane of ${site} is down can't load its routes`,
      ...restarts.map(({ urn }) => urn),
    );
    return [never(keys)];
  }
  const database = process === "mongo" || process === "arbiter" ? MONGO_START : undefined;
  const ways = restarts.map(({ restart }) =>
    hang ? afterHang(restart, what, trail, database) : afterCrash(restart, what, trail, database),
  );
  trail.say(
    `Kubernetes restarts ${what} on its own${hang ? ", once its liveness probe has failed" : ""}`,
    ...restarts.map(({ urn }) => urn),
  );
  return [heal(keys, slowest(ways))];
}

/** The instance starts again in its place, others or not; before its clients are answered, what a commit waits for is back. */
function postgresCrash(cluster: PostgresCluster, what: string, trail: Trail): readonly Stage[] | undefined {
  const restarted = postgresRestart(cluster.restart, what, trail);
  const followed = allStages(standbyFollows(cluster, trail));
  return restarted && followed && [...restarted.slice(0, -1), ...followed, ...restarted.slice(-1)];
}

/** The longest way back; unknown if one is. */
export function slowest(ways: readonly (readonly Stage[] | undefined)[]): readonly Stage[] | undefined {
  let worst: readonly Stage[] | undefined;
  for (const way of ways) {
    if (!way) return undefined;
    if (!worst || secondsOf(way) > secondsOf(worst)) worst = way;
  }
  return worst;
}
