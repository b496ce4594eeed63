import { MONGO_DRIVER_CONNECT, MONGO_DRIVER_HEARTBEAT } from "../constants.ts";
import type { FaultEvent } from "../fault.ts";
import type { Stage } from "../outcome.ts";
import type { MongoReplicaSet, StoreClient, System } from "../system.ts";
import { election } from "./failover.ts";
import { answersClients } from "./levels.ts";
import { servicesMayLeave } from "./entry.ts";
import { groupAt } from "./mongo.ts";
import { dropTime, nameServersUp } from "./names.ts";
import { readinessHeals } from "./readiness.ts";
import { heal, never, secondsOf } from "./restart.ts";
import type { Heal } from "./restart.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** What follows from a step's damage: elections, clients that have not noticed yet, names that still lead to a dead site. */
export function followUps(
  before: World,
  after: World,
  events: readonly FaultEvent[],
  direct: readonly Heal[],
): readonly Heal[] {
  return [
    ...elections(before, after, direct),
    ...drivers(before, after, events),
    ...readinessHeals(before, after, direct),
    ...names(after, direct),
  ];
}

/** A set that had a primary which is dead or in a minority now elects another, or the same once it has restarted. */
function elections(before: World, after: World, direct: readonly Heal[]): readonly Heal[] {
  return before.system.mongo.flatMap((set) => {
    const trail = after.trail;
    if (!couldLead(quiet(before), set)) return [];
    const top = highest(set);
    if (top.every((name) => leaders(quiet(after), set).includes(name))) return [];
    const stages = election(set, trail);
    if (couldLead(quiet(after), set)) return [heal([`election:${set.name}`], stages)];
    const restarted = direct.filter(({ seconds }) => seconds !== Infinity);
    const later = new World(after.system, without(after.broken, restarted), new Trail());
    if (!couldLead(later, set)) return [];
    const slowest = restarted
      .map((each) => (isFoundUnready(set, each) ? untilStarted(each) : each))
      .reduce<Heal | undefined>(
        (worst, each) => (!worst || (each.seconds ?? Infinity) > (worst.seconds ?? Infinity) ? each : worst),
        undefined,
      );
    trail.say(
      `nobody else in ${set.name} can be elected: it has a primary again when the former one has restarted in place`,
      set.urn,
    );
    return [
      heal(
        [`election:${set.name}`],
        stages && slowest?.seconds !== null ? [...(slowest?.stages ?? []), ...stages] : undefined,
      ),
    ];
  });
}

/** Do other members reach a restarted one before it is ready? Then no election waits for that. */
function isFoundUnready({ members }: MongoReplicaSet, { keys }: Heal): boolean {
  return keys.every((key) => {
    const [, process = "", site = ""] = /^(?:process|hung):(mongo|arbiter)@(.+)$/.exec(key) ?? [];
    const at = members.filter((member) => member.site === site && member.arbiter === (process === "arbiter"));
    return at.length > 0 && at.every(({ foundUnready }) => foundUnready === true);
  });
}

function untilStarted({ keys, seconds, stages }: Heal): Heal {
  const last = stages.findLastIndex(({ name }) => name === "started");
  return seconds === null ? { keys, seconds, stages } : heal(keys, stages.slice(0, last + 1));
}

function quiet(world: World): World {
  return new World(world.system, world.broken, new Trail());
}

/** Data members of the highest priority: in normal operation one of them is primary. */
function highest(set: MongoReplicaSet): readonly string[] {
  const electable = set.members.filter(({ arbiter, votes, priority }) => !arbiter && votes > 0 && priority > 0);
  const top = Math.max(...electable.map(({ priority }) => priority));
  return electable.filter(({ priority }) => priority === top).map(({ name }) => name);
}

/** Members that could be primary now. */
function leaders(world: World, set: MongoReplicaSet): readonly string[] {
  return world.system.sites
    .map(({ name }) => groupAt(world, set, name))
    .flatMap((group) => (group.majority ? group.electable.map(({ name }) => name) : []));
}

function couldLead(world: World, set: MongoReplicaSet): boolean {
  return leaders(world, set).length > 0;
}

function without(broken: ReadonlySet<string>, heals: readonly Heal[]): ReadonlySet<string> {
  const gone = new Set(heals.flatMap(({ keys }) => keys));
  return new Set([...broken].filter((key) => !gone.has(key)));
}

const SILENT: readonly FaultEvent["kind"][] = ["site", "zone", "provider", "node", "link", "gateway"];

/** A member that goes silent, rather than refusing, is believed alive until a driver's monitor has timed out. */
function drivers(before: World, after: World, events: readonly FaultEvent[]): readonly Heal[] {
  if (
    !events.some(
      ({ kind, ...event }) =>
        SILENT.includes(kind) || (kind === "process" && "process" in event && event.process === "gateway"),
    ) &&
    ![...after.broken].some((key) => key.startsWith("server:") && !before.has(key))
  )
    return [];
  return after.system.sites.flatMap(({ name }) => {
    if (servicesMayLeave(after.system, name) === "no") return [];
    const silent = after.system.mongo.some((set) =>
      dataAt(quiet(before), set, name).some((member) => !dataAt(quiet(after), set, name).includes(member)),
    );
    const clients = after.system.services
      .filter((service) => service.site === name && service.store?.kind === "mongo")
      .flatMap(({ store }) => (store ? [store] : []));
    if (!silent || clients.length === 0 || quiet(after).siteUp(name) !== "yes") return [];
    const times = clients.map((client) => driverStages(client, name, after.trail));
    const worst = times.reduce((a, b) => (a && b ? (secondsOf(b) > secondsOf(a) ? b : a) : undefined));
    return [heal([`driver:${name}`], worst)];
  });
}

function dataAt(world: World, set: MongoReplicaSet, site: string): readonly string[] {
  return groupAt(world, set, site)
    .alive.filter(({ arbiter }) => !arbiter)
    .map(({ name }) => name);
}

function driverStages(client: StoreClient, site: string, trail: Trail): readonly Stage[] | undefined {
  const heartbeat = client.heartbeatFrequency
    ? trail.read(client.heartbeatFrequency, `heartbeatFrequencyMS of the clients at ${site}`)
    : MONGO_DRIVER_HEARTBEAT.value;
  const connect = client.connectTimeout
    ? trail.read(client.connectTimeout, `connectTimeoutMS of the clients at ${site}`)
    : MONGO_DRIVER_CONNECT.value;
  if (heartbeat === undefined || connect === undefined) return undefined;
  const urns = client.store.state === "known" ? [client.store.source.urn] : [];
  return [
    {
      name: "driver's check due",
      seconds: heartbeat,
      from: client.heartbeatFrequency ? "heartbeatFrequencyMS" : MONGO_DRIVER_HEARTBEAT.source,
      urns,
      governedBy: client.heartbeatFrequency ? "setting" : "constant",
    },
    {
      name: "driver's check timed out",
      seconds: connect,
      from: client.connectTimeout ? "connectTimeoutMS" : MONGO_DRIVER_CONNECT.source,
      urns,
      governedBy: client.connectTimeout ? "setting" : "constant",
    },
  ];
}

/** Sites that no longer answer stay in the answers of the name servers for a while; without any name server, nothing is found. */
function names(after: World, direct: readonly Heal[]): readonly Heal[] {
  const { system } = after;
  const servers = nameServersUp(after);
  const restarting = direct.filter(({ keys }) => keys.some((key) => key.startsWith("dns:")));
  if (system.nameServers.length > 0 && servers.length === 0) {
    const first = [...restarting].sort((a, b) => (a.seconds ?? Infinity) - (b.seconds ?? Infinity))[0];
    const back =
      first?.seconds === undefined || first.seconds === Infinity ? never(["names"]) : { ...first, keys: ["names"] };
    return [back, ...deadSites(after).map((site) => never([`stale-dns:${site}`]))];
  }
  return deadSites(after).map((site) => dropTime(after, site));
}

function deadSites(world: World): readonly string[] {
  return sitesWithProxy(world.system).filter((site) => answersClients(quiet(world), site) === "no");
}

function sitesWithProxy(system: System): readonly string[] {
  return system.sites.map(({ name }) => name).filter((name) => system.proxies.some(({ site }) => site === name));
}
