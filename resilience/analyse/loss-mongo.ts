import { MONGO_JOURNAL_INTERVAL } from "../constants.ts";
import type { DataLoss } from "../outcome.ts";
import type { MongoMember, MongoReplicaSet, StoreClient } from "../system.ts";
import type { Step } from "./history.ts";
import { endOf, lossFrom, none } from "./loss-parts.ts";
import { groupAt, memberAlive, memberLost } from "./mongo.ts";
import { backupSources, best } from "./sources.ts";
import type { Source } from "./sources.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

type Loss = Omit<DataLoss, "reasons">;

/** What is lost of a replica set: rollbacks, unjournalled writes, and the loss of the members that took the writes. */
export function mongoLoss(set: MongoReplicaSet, steps: readonly Step[], trail: Trail): Loss | undefined {
  const end = endOf(steps, trail);
  if (!end) return undefined;
  const data = set.members.filter(({ arbiter }) => !arbiter);
  const leaders = data.filter(({ priority, votes }) => priority > 0 && votes > 0);
  const corrupted = steps.find(({ events }) =>
    events.some((event) => event.kind === "corruption" && event.subject === "mongo"),
  );
  const gone = primaryLost(set, steps, leaders);
  if (gone) {
    for (const member of data) memberLost(end, member);
    const others = data.filter((member) => !gone.members.includes(member));
    const copies = others.map((member) =>
      memberSource(set, member, gone.members, gone.step, end, corrupted !== undefined),
    );
    const elected = canElectNow(end, set) && corrupted === undefined ? best(copies) : undefined;
    if (elected === undefined)
      return lossFrom(
        "mongo",
        [...copies, ...backupSources(end.system, [set.name, "mongo"], gone.step, end)],
        gone.sure,
        trail,
      );
    if (elected.seconds !== 0) {
      trail.say(
        `${gone.members.map(({ name }) => name).join(" or ")} may be primary and its data ${gone.sure ? "is" : "may be"} lost: what it had acknowledged with w=1 and no other member had is lost, and another member goes on without it`,
        set.urn,
        ...gone.members.map(({ urn }) => urn),
      );
      trail.say(elected.text, ...elected.urns);
      return {
        subject: "mongo",
        seconds: elected.seconds,
        kind: elected.seconds === null ? "unknown" : "bounded",
        restoredFrom: null,
      };
    }
  }
  if (corrupted) {
    trail.say("a secondary is no help: the bad statement was replicated to it within moments", set.urn);
    trail.say(
      "what was written after the bad statement, until somebody notices it, must be merged by a person or is lost",
    );
    return lossFrom("mongo", backupSources(end.system, [set.name, "mongo"], corrupted, end), true, trail);
  }
  return crashLoss(set, steps, leaders, trail) ?? none("mongo");
}

/**
 * The first step that takes (or may take) the data of a member that could be primary then or before: whichever of them was,
 * it may have acknowledged writes that no other member has yet.
 */
function primaryLost(
  set: MongoReplicaSet,
  steps: readonly Step[],
  leaders: readonly MongoMember[],
): { readonly step: Step; readonly sure: boolean; readonly members: readonly MongoMember[] } | undefined {
  const led = new Set<MongoMember>();
  for (const step of steps) {
    const before = new World(step.before.system, step.before.broken, new Trail());
    for (const member of leaders) {
      const group = groupAt(before, set, member.site);
      if (group.unclear || (group.majority && group.electable.includes(member))) led.add(member);
    }
    const struck = new World(step.struck.system, step.struck.broken, new Trail());
    const hit = [...led].map((member) => ({ member, lost: memberLost(struck, member) }));
    const sure = hit.some(({ lost }) => lost === "yes");
    const members = hit.filter(({ lost }) => lost === (sure ? "yes" : "unknown")).map(({ member }) => member);
    if (members.length > 0) return { step, sure, members };
  }
  return undefined;
}

function memberSource(
  set: MongoReplicaSet,
  member: MongoMember,
  primaries: readonly MongoMember[],
  lostIn: Step,
  end: World,
  corrupted: boolean,
): Source {
  const from = `secondary ${member.name} at ${member.site}`;
  const lost = memberLost(end, member);
  const base = {
    from,
    site: member.site,
    kind: "standby" as const,
    urns: [member.urn ?? set.urn],
    exists: corrupted
      ? ("no" as const)
      : lost === "no"
        ? ("yes" as const)
        : lost === "yes"
          ? ("no" as const)
          : ("unknown" as const),
  };
  const before = new World(end.system, lostIn.before.broken, new Trail());
  const joined =
    groupAt(before, set, member.site).alive.some((other) => primaries.includes(other)) &&
    memberAlive(before, member) === "yes";
  if (!joined)
    return {
      ...base,
      seconds: null,
      text: `${from} was cut off before the loss: it misses all writes since then, and nothing bounds that time`,
    };
  if (member.votes > 0 && member.delay === undefined && everyWriteIsOn(set, clients(end, set)))
    return { ...base, seconds: 0, text: `${from} has every acknowledged write: all clients write with w=majority` };
  const lag = end.trail.read(set.heartbeatTimeout, `heartbeat time-out of ${set.name}`);
  return {
    ...base,
    seconds: lag === undefined ? null : lag + (member.delay ?? 0),
    text: `${from} replicates${member.delay === undefined ? "" : `, ${member.delay} s late on purpose (secondaryDelaySecs)`}: it misses at most ${member.delay === undefined ? "" : "those and "}what a silent stall of ${lag ?? "an unknown number of"} s (heartbeatTimeoutSecs) hides`,
  };
}

function clients(world: World, set: MongoReplicaSet): readonly StoreClient[] {
  return world.system.services.flatMap(({ store }) =>
    store?.kind === "mongo" && store.store.state === "known" && store.store.value === set.name ? [store] : [],
  );
}

/** With w=majority every voting member with data has an acknowledged write, as long as they are no more than a majority. */
function everyWriteIsOn(set: MongoReplicaSet, found: readonly StoreClient[]): boolean {
  const bearing = set.members.filter(({ arbiter, votes }) => !arbiter && votes > 0).length;
  const votes = set.members.reduce((sum, member) => sum + member.votes, 0);
  return bearing <= Math.floor(votes / 2) + 1 && allWriteToMajority(found);
}

/**
 * A write that a majority acknowledged outlives every election: it lies on all voting members with data, or on so many that
 * each majority of votes has one of them, and nobody is elected who lacks what that one has (MongoDB 7.0, rollbacks).
 */
function allWriteToMajority(found: readonly StoreClient[]): boolean {
  return (
    found.length > 0 &&
    found.every(({ writeConcern }) => writeConcern.state === "known" && writeConcern.value === "majority")
  );
}

/** A primary that dies takes with it what is not in its journal; if another one is elected, what that one had not received. */
function crashLoss(
  set: MongoReplicaSet,
  steps: readonly Step[],
  leaders: readonly MongoMember[],
  trail: Trail,
): Loss | undefined {
  const quiet = (world: World): World => new World(world.system, world.broken, new Trail());
  const died = steps.find(({ before, struck }) =>
    leaders.some(
      (member) => memberAlive(quiet(before), member) === "yes" && memberAlive(quiet(struck), member) === "no",
    ),
  );
  const moved = steps.find(
    ({ heals, struck }) => heals.some(({ keys }) => keys.includes(`election:${set.name}`)) && canElectNow(struck, set),
  );
  const found = steps[0] ? clients(steps[0].before, set) : [];
  if (moved && !allWriteToMajority(found)) {
    const lag = trail.read(set.heartbeatTimeout, `heartbeat time-out of ${set.name}`);
    trail.say(
      `another member of ${set.name} is elected: writes that were acknowledged with w=1 and had not reached it are rolled back (into files of the former primary)`,
      set.urn,
    );
    return {
      subject: "mongo",
      seconds: lag ?? null,
      kind: lag === undefined ? "unknown" : "bounded",
      restoredFrom: null,
    };
  }
  if (!died || found.length === 0) return undefined;
  const journals = found.map(({ journal }) =>
    trail.read(journal, `whether the clients of ${set.name} wait for the journal`),
  );
  if (journals.includes(undefined)) return { subject: "mongo", seconds: null, kind: "unknown", restoredFrom: null };
  if (journals.every((journal) => journal === true)) return undefined;
  trail.say(
    `a client writes without journal=true: a crash loses what was acknowledged in the last ${MONGO_JOURNAL_INTERVAL.value} s (${MONGO_JOURNAL_INTERVAL.source})`,
    set.urn,
  );
  return { subject: "mongo", seconds: MONGO_JOURNAL_INTERVAL.value, kind: "bounded", restoredFrom: null };
}

function canElectNow(struck: World, set: MongoReplicaSet): boolean {
  const world = new World(struck.system, struck.broken, new Trail());
  return world.system.sites.some(({ name }) => {
    const group = groupAt(world, set, name);
    return group.majority && group.electable.length > 0;
  });
}
