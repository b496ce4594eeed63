import type { SplitBrain } from "../outcome.ts";
import type { MongoReplicaSet, PostgresCluster } from "../system.ts";
import { groupAt, total } from "./mongo.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** Can two copies of the same data take writes that the other does not see? */
export function splitBrain(normal: World, struck: World): SplitBrain {
  const verdicts = [
    postgresSplit(struck.system.postgres),
    ...struck.system.mongo.map((set) => mongoSplit(normal, struck, set)),
  ];
  const worst =
    verdicts.find(({ possible }) => possible === "yes") ?? verdicts.find(({ possible }) => possible === "unknown");
  return (
    worst ?? {
      possible: "no",
      why: verdicts.map(({ why }) => why).join("; "),
      urns: verdicts.flatMap(({ urns }) => urns),
    }
  );
}

/** Roles are config: no fault promotes a replica cluster, so two writable sites are there from the start or not at all. */
function postgresSplit(clusters: readonly PostgresCluster[]): SplitBrain {
  const unclear = clusters.filter(({ replica }) => replica.state !== "known");
  const writable = clusters.filter(({ replica }) => replica.state === "known" && !replica.value);
  const urns = clusters.map(({ urn }) => urn);
  if (writable.length > 1) {
    const which = writable.map(({ name, site }) => `${name} at ${site}`).join(" and ");
    return {
      possible: "yes",
      why: `${which} both take writes: neither follows the other`,
      urns: writable.map(({ urn }) => urn),
    };
  }
  if (unclear.length > 0) {
    return {
      possible: "unknown",
      why: `whether ${unclear.map(({ name }) => name).join(", ")} takes writes is not known`,
      urns: unclear.map(({ urn }) => urn),
    };
  }
  const followers = clusters.length - writable.length;
  return {
    possible: "no",
    why: `PostgreSQL: ${writable[0]?.name ?? "no cluster"} alone takes writes, ${followers} ${followers === 1 ? "cluster follows" : "clusters follow"}, and only a person's change of the config promotes one`,
    urns,
  };
}

/**
 * A primary that is cut off from the majority goes on acknowledging w=1 writes until its election time-out, while the
 * majority elects another. That needs members that can be primary on both sides of the cut.
 */
function mongoSplit(normal: World, struck: World, set: MongoReplicaSet): SplitBrain {
  const quiet = (world: World): World => new World(world.system, world.broken, new Trail());
  const urns = [set.urn];
  const groups = struck.system.sites
    .map(({ name }) => groupAt(quiet(struck), set, name))
    .filter(({ alive }) => alive.length > 0);
  const apart = [
    ...new Map(
      groups.map((group) => [
        group.alive
          .map(({ name }) => name)
          .sort()
          .join(),
        group,
      ]),
    ).values(),
  ];
  if (apart.some(({ unclear }) => unclear))
    return { possible: "unknown", why: `whether all members of ${set.name} run is not known`, urns };
  const couldBePrimary = apart.filter(({ electable }) => electable.length > 0);
  const majority = apart.find(({ majority: has }) => has);
  const before = normal.system.sites
    .map(({ name }) => groupAt(quiet(normal), set, name))
    .some((group) => group.majority && group.electable.length > 0);
  if (before && couldBePrimary.length > 1 && majority && majority.electable.length > 0) {
    const names = couldBePrimary
      .map(({ electable }) => electable.map(({ name, priority }) => `${name} (priority ${priority})`).join(", "))
      .join(" on one side, ");
    return {
      possible: "yes",
      why: `MongoDB: ${names} on the other can be primary: until its election time-out the one without a majority still acknowledges w=1 writes, which are rolled back later`,
      urns,
    };
  }
  const minority = apart.filter((group) => group !== majority);
  const why =
    minority.length === 0
      ? `MongoDB: all living members of ${set.name} see each other`
      : `MongoDB: ${minority.map(({ alive }) => `${alive.map(({ name, priority, arbiter }) => `${name} (${arbiter ? "arbiter" : `priority ${priority}`})`).join(", ")} has ${total(alive)} of ${total(set.members)} votes`).join("; ")} and can't become primary`;
  return { possible: "no", why, urns };
}
