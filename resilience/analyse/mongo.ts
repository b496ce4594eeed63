import { valueOf } from "../fact.ts";
import type { MongoMember, MongoReplicaSet, StoreClient } from "../system.ts";
import { either, servicesMayLeave } from "./entry.ts";
import { managedLost } from "./managed.ts";
import { placedAlive } from "./mongo-placement.ts";
import type { StoreState } from "./postgres.ts";
import { all, not, tri } from "./tri.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/** Does the member run with its data? Members without a spread rule die with any server of their site. */
export function memberAlive(world: World, member: MongoMember): Tri {
  if (member.urn === undefined) {
    world.trail.missing(`the configuration names ${member.name}, which nothing declared runs`);
    return "unknown";
  }
  if (world.has(`process:${member.arbiter ? "arbiter" : "mongo"}@${member.site}`) && isMeant(world, member)) {
    world.trail.say(`MongoDB's ${member.name} does not run until it is restarted`, member.urn);
    return "no";
  }
  const site = world.site(member.site);
  const up = world.siteUp(member.site);
  if (up !== "yes" || !site) return up;
  const storageClass = member.storageClass.state === "known" ? member.storageClass.value : undefined;
  if (world.managed(member.site, storageClass))
    return all([not(memberLost(world, member)), placedAlive(world, member, site)]);
  const server = member.server && valueOf(member.server);
  if (server !== undefined && !world.has(`server:${server}`)) return not(memberLost(world, member));
  if (server !== undefined) {
    world.trail.say(`${member.name} has its volume on ${server}, which is dead`, member.urn);
    return "no";
  }
  if (site.servers.some(({ name }) => world.has(`server:${name}`))) {
    world.trail.say(
      `nothing declared says on which server of ${member.site} ${member.name} has its volume: at worst the dead one`,
      member.urn,
    );
    return "no";
  }
  return not(memberLost(world, member));
}

/** A process of a site is one: of several members with data the first that is elected, which is missed the most. */
function isMeant({ system }: World, member: MongoMember): boolean {
  const alike = system.mongo
    .find(({ members }) => members.includes(member))
    ?.members.filter(({ site, arbiter }) => site === member.site && arbiter === member.arbiter);
  return alike?.reduce((first, each) => (each.priority > first.priority ? each : first)) === member;
}

/** Is the member's data gone? */
export function memberLost(world: World, member: MongoMember): Tri {
  if (!world.storageTouched(member.site)) return "no";
  const storageClass = world.trail.read(member.storageClass, `storage class of ${member.name}`);
  if (world.managed(member.site, storageClass))
    return managedLost(world, member.site, `the data of ${member.name}`, member.urn);
  const hosts = world.arraysOf(member.site, storageClass);
  if (!hosts || hosts.length === 0) {
    world.trail.missing(`which array the volume of ${member.name} lies on`, member.urn);
    return "unknown";
  }
  const kept = all(hosts.map(({ server, array }) => world.arrayKept(server, array)));
  if (kept === "no")
    world.trail.say(
      `the volume of ${member.name} lay on array ${hosts[0]?.array ?? ""} at ${member.site}, which is lost`,
      member.urn,
    );
  return not(kept);
}

/** What the members that one site reaches can do together. */
export interface Group {
  readonly members: readonly MongoMember[];
  readonly alive: readonly MongoMember[];
  readonly majority: boolean;
  readonly electable: readonly MongoMember[];
  readonly unclear: boolean;
}

export function groupAt(world: World, set: MongoReplicaSet, site: string): Group {
  const expired = (name: string): boolean => world.has(`expired:mongo@${name}`) && name !== site;
  const sites = world.reachable(site).filter((name) => !expired(name));
  const members = set.members.filter((member) => sites.includes(member.site));
  const states = members.map((member) => ({ member, alive: memberAlive(world, member) }));
  const alive = states.filter((state) => state.alive === "yes").map(({ member }) => member);
  const votes = total(alive);
  return {
    members,
    alive,
    majority: votes > total(set.members) / 2,
    electable: alive.filter(({ arbiter, priority, votes: own }) => !arbiter && priority > 0 && own > 0),
    unclear: states.some((state) => state.alive === "unknown"),
  };
}

export function total(members: readonly MongoMember[]): number {
  return members.reduce((sum, { votes }) => sum + votes, 0);
}

/** Has the group a primary, once elections are over? */
export function hasPrimary(world: World, set: MongoReplicaSet, group: Group): Tri {
  if (group.unclear) return "unknown";
  if (world.has(`election:${set.name}`)) {
    world.trail.say(`MongoDB (${set.name}) has no primary until one is elected`, set.urn);
    return "no";
  }
  if (!group.majority) {
    world.trail.say(
      `MongoDB: the members that can talk to each other have ${total(group.alive)} of ${total(set.members)} votes, no majority: no primary among ${names(group.alive)}`,
      set.urn,
    );
    return "no";
  }
  if (group.electable.length === 0) {
    const reason = group.alive
      .filter(({ arbiter }) => !arbiter)
      .map(({ name, priority }) => `${name} has priority ${priority}`);
    world.trail.say(
      `MongoDB: ${names(group.alive)} have a majority of votes, but none can be elected${reason.length > 0 ? ` (${reason.join(", ")})` : ""}`,
      set.urn,
    );
    return "no";
  }
  return "yes";
}

function names(members: readonly MongoMember[]): string {
  return members.length === 0 ? "none" : members.map(({ name }) => name).join(", ");
}

/** The replica set as a client at a site sees it, with that client's read preference and write concern. */
export function mongoState(
  world: World,
  set: MongoReplicaSet,
  client: StoreClient,
  site: string,
  who: string,
): StoreState {
  if (world.has("corrupted:mongo")) {
    world.trail.say(
      `the damage was replicated to every member of ${set.name} within moments: answers are wrong until a person restores it`,
      set.urn,
    );
    return { reads: "no", writes: "no", stale: "no", reached: "unknown" };
  }
  const leaves = servicesMayLeave(world.system, site);
  if (leaves !== "unknown") return clientState(world, set, client, site, who, leaves === "yes");
  const far = clientState(world, set, client, site, who, true);
  const near = clientState(world, set, client, site, who, false);
  const state: StoreState = {
    reads: either(far.reads, near.reads),
    writes: either(far.writes, near.writes),
    stale: either(far.stale, near.stale),
    reached: either(far.reached, near.reached),
  };
  if ([state.reads, state.writes, state.stale].includes("unknown"))
    world.trail.missing(`whether the network of ${site} lets ${who} reach MongoDB at other sites`, set.urn);
  return state;
}

/** @param leaves whether the client reaches members at other sites, as the members themselves do */
function clientState(
  world: World,
  set: MongoReplicaSet,
  client: StoreClient,
  site: string,
  who: string,
  leaves: boolean,
): StoreState {
  const group = groupAt(world, set, site);
  const primary = hasPrimary(world, set, group);
  const seen: Group = leaves ? group : { ...group, alive: group.alive.filter((member) => member.site === site) };
  const reachesPrimary =
    primary === "yes" && !seen.alive.some((member) => group.electable.includes(member)) ? "no" : primary;
  if (reachesPrimary !== primary)
    world.trail.say(
      `the primary of ${set.name} is at another site, and NetworkPolicies keep the services of ${site} out of the gateway: ${who} can't write there itself`,
      set.urn,
      ...world.system.isolation.filter((entry) => entry.site === site).map(({ urn }) => urn),
    );
  const reads = mongoReads(world, set, client, site, who, seen, reachesPrimary, leaves);
  const empty = seen.alive.every(({ arbiter }) => arbiter) && !group.unclear;
  return {
    reads,
    // What a health check gets from members that its client may not read from, nobody declares.
    reached: reads === "yes" ? "yes" : empty ? "no" : "unknown",
    writes: all([reachesPrimary, writeConcernMet(world, set, client, group, who)]),
    stale: primary === "no" ? primaryElsewhere(world, set, site) : "no",
  };
}

function mongoReads(
  world: World,
  set: MongoReplicaSet,
  client: StoreClient,
  site: string,
  who: string,
  group: Group,
  primary: Tri,
  leaves: boolean,
): Tri {
  const preference = world.trail.read(client.readPreference, `read preference of ${who}`);
  if (preference === undefined) return "unknown";
  if (preference === "primary") {
    if (primary === "no")
      world.trail.say(
        `${who} reads with readPreference=primary and no primary can be reached: its reads fail`,
        set.urn,
      );
    return primary;
  }
  if (leaves && world.has(`driver:${site}`)) {
    world.trail.say(
      `${who} may read from a member that went silent (readPreference=${preference}): such reads hang until its driver notices`,
      set.urn,
    );
    return "no";
  }
  const data = group.alive.filter(({ arbiter, hidden }) => !arbiter && hidden !== true);
  const enough = preference === "secondary" && primary === "yes" ? data.length > 1 : data.length > 0;
  if (!enough && group.unclear) return "unknown";
  world.trail.say(
    enough
      ? `${who} reads from ${names(data)} (readPreference=${preference})`
      : `no member that ${who} may read from (readPreference=${preference}) is left`,
    set.urn,
  );
  return tri(enough);
}

function writeConcernMet(world: World, set: MongoReplicaSet, client: StoreClient, group: Group, who: string): Tri {
  const concern = world.trail.read(client.writeConcern, `write concern of ${who}`);
  if (concern === undefined) return "unknown";
  const bearing = set.members.filter(({ arbiter, votes }) => !arbiter && votes > 0);
  const aliveBearing = group.alive.filter(
    ({ arbiter, votes }) => !arbiter && (concern !== "majority" || votes > 0),
  ).length;
  const wanted =
    concern === "majority" ? Math.min(Math.floor(total(set.members) / 2) + 1, bearing.length) : Number(concern);
  if (!Number.isInteger(wanted)) {
    world.trail.missing(`what the write concern ${concern} of ${who} asks for`, set.urn);
    return "unknown";
  }
  if (aliveBearing >= wanted) return "yes";
  if (group.unclear) return "unknown";
  world.trail.say(
    `${who} writes with w=${concern}: that needs ${wanted} members with data, and ${aliveBearing} can be reached: its writes hang`,
    set.urn,
  );
  return "no";
}

/** Does another group take writes that this one does not see? */
function primaryElsewhere(world: World, set: MongoReplicaSet, site: string): Tri {
  const mine = new Set(
    groupAt(world, set, site)
      .members.map((member) => member.site)
      .concat(site),
  );
  const others = world.system.sites.filter(({ name }) => !mine.has(name)).map(({ name }) => groupAt(world, set, name));
  if (
    others.some((group) => !group.unclear && group.majority && group.electable.length > 0) &&
    !world.has(`election:${set.name}`)
  ) {
    world.trail.say(
      `${set.name} takes writes at another site that do not arrive at ${site}: reads there get older for as long as that lasts, without a limit`,
      set.urn,
    );
    return "yes";
  }
  return others.some(({ unclear }) => unclear) ? "unknown" : "no";
}
