import {
  AKS_NODE_FOUND,
  AKS_NODE_REPAIR,
  AKS_NODE_UNHEALTHY,
  CNPG_PROBE_TIMEOUT,
  CNPG_READINESS_FAILURES,
  CNPG_READINESS_PERIOD,
  CNPG_REQUEUE,
  ENDPOINT_SYNC,
  MONGO_DRIVER_MIN_HEARTBEAT,
  MONGO_ELECTION_OFFSET,
  MONGO_HEARTBEAT_INTERVAL,
  MONGO_VOTE,
} from "../constants.ts";
import { valueOf } from "../fact.ts";
import type { Stage } from "../outcome.ts";
import type { MongoReplicaSet, PostgresCluster, Site } from "../system.ts";
import { archiveLooks, HISTORIES, standbyFollows } from "./archive-looks.ts";
import { noticedDead, tolerated } from "./dead-node.ts";
import { instancesAlive } from "./postgres.ts";
import { allStages, constantStage, heal, never, secondsOf, stageOf, startOf } from "./restart.ts";
import type { Heal } from "./restart.ts";
import type { Strike } from "./strike.ts";
import type { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** A dead server: pods move after their eviction if the site has another one; a cluster fails over if an instance is left. */
export function afterNodeDeath(before: World, server: string): Strike {
  const site = before.system.sites.find(({ servers }) => servers.some(({ name }) => name === server));
  if (!site) return { lasting: [`server:${server}`], heals: [] };
  return afterDeath(before, site, [server], "alone");
}

/**
 * Servers of a site that die at once.
 *
 * @param how `alone`: a provider that runs the nodes repairs a dead one; `with its zone`: nobody can before the zone is back
 */
export function afterDeath(
  before: World,
  site: Site,
  servers: readonly string[],
  how: "alone" | "with its zone",
): Strike {
  const keys = servers.map((name) => `server:${name}`);
  if (keys.length === 0) return { lasting: [], heals: [] };
  const after = new World(before.system, new Set([...before.broken, ...keys]), before.trail);
  const repaired = how === "alone" && valueOf(site.platform) === "aks" ? nodeRepair(before, site) : undefined;
  const lasting = repaired ? [] : keys;
  const back = repaired ? [heal(keys, repaired)] : [];
  if (after.serversUp(site).length === 0) return { lasting, heals: back };
  const noticed = noticedDead(before, site, servers);
  const evicted = tolerated(before, site);
  const control = after.controlPlaneUp(site.name);
  const timed = (healed: readonly string[], stages: readonly Stage[] | undefined): Heal =>
    control === "yes" ? heal(healed, stages) : control === "no" ? never(healed) : heal(healed, undefined);
  if (control === "no")
    before.trail.say(
      `with the control plane of ${site.name} down nothing is moved away from ${servers.join(" and ")}`,
      site.urn,
    );
  const moved = readinessOfAll(before, site.name);
  const clusters = before.system.postgres.filter(
    (cluster) => cluster.site === site.name && (instancesAlive(after, cluster).count ?? 0) > 0,
  );
  return {
    lasting,
    heals: [
      ...back,
      timed([`endpoints:${site.name}`], concat(noticed, [left])),
      timed([`moving:${site.name}`], concat(noticed, allStages([evicted, moved]))),
      ...clusters.map((cluster) => timed([`failover:${cluster.name}`], failoverFrom(before, site, servers, cluster))),
    ],
  };
}

/**
 * From the death of the primary's server until the Service leads to another instance. The operator acts as soon as
 * Kubernetes says that the primary's pod is not ready. Where a lone standby is waited for as long as it is there
 * (`preferred`), writes were seen to hang until the dead pod was evicted (2 instances, CloudNativePG 1.27, 346 s).
 */
export function failoverFrom(
  before: World,
  site: Site,
  servers: readonly string[],
  cluster: PostgresCluster,
): readonly Stage[] | undefined {
  const { trail } = before;
  const noticed = noticedDead(before, site, servers);
  const durability = trail.read(cluster.dataDurability, `data durability of ${cluster.name}`);
  if (durability === undefined) return undefined;
  const evicted = durability === "preferred" ? allStages([tolerated(before, site)]) : [];
  return concat(noticed, concat(evicted, promotion(cluster, trail, secondsOf(noticed ?? []))));
}

const left = constantStage("left out", ENDPOINT_SYNC);

/** AKS brings a node back by itself, and with it the volumes that stayed attached to it and the pods that use them. */
function nodeRepair(before: World, site: Site): readonly Stage[] | undefined {
  const urns = [site.urn];
  const moved = readinessOfAll(before, site.name);
  before.trail.say(
    `a node of ${site.name} that died is repaired by its provider, as well as it can and without a promise; the volumes of its pods stay attached to it meanwhile (${AKS_NODE_REPAIR.source})`,
    site.urn,
  );
  return allStages([
    constantStage("node found dead", AKS_NODE_FOUND, urns),
    constantStage("node left alone", AKS_NODE_UNHEALTHY, urns),
    constantStage("node repaired", AKS_NODE_REPAIR, urns),
    moved,
  ]);
}

/**
 * From the operator's decision until the service leads to the new primary, and a commit finds the standby that it waits for.
 *
 * @param silence seconds for which the old primary has sent nothing by then: receivers have waited as long. @default 0
 */
export function promotion(cluster: PostgresCluster, trail: Trail, silence = 0): readonly Stage[] | undefined {
  const stopped = stageOf(
    "receivers stopped",
    cluster.walReceiverTimeout,
    `wal_receiver_timeout of ${cluster.name}: all receivers stop before a leader is chosen`,
    trail,
  );
  const durability = trail.read(cluster.dataDurability, `data durability of ${cluster.name}`);
  return allStages([
    stageOf("decided", cluster.failoverDelay, `failoverDelay of ${cluster.name}`, trail),
    stopped && { ...stopped, seconds: Math.max(0, stopped.seconds - silence) },
    // The operator says that it is promoted when it has asked.
    ...archiveLooks("archive asked", cluster, HISTORIES.promotion, trail),
    constantStage("promoted", CNPG_REQUEUE, [cluster.urn]),
    // Where one is only preferred, the operator has commits wait for none that does not follow.
    ...(durability === undefined ? [undefined] : durability === "required" ? standbyFollows(cluster, trail) : []),
    constantStage("connected", ENDPOINT_SYNC),
  ]);
}

/** Until the operator sees an instance that is not ready. */
export function noticedUnready(cluster: PostgresCluster): Stage {
  return {
    name: "detected",
    seconds: CNPG_READINESS_PERIOD.value * CNPG_READINESS_FAILURES.value + CNPG_PROBE_TIMEOUT.value,
    from: `${CNPG_READINESS_PERIOD.source}; ${CNPG_READINESS_FAILURES.source}`,
    urns: [cluster.urn],
    governedBy: "constant",
  };
}

/** Until a new primary is elected and drivers have found it, counted from when a majority is there. */
export function election(set: MongoReplicaSet, trail: Trail): readonly Stage[] | undefined {
  const timeout = trail.read(set.electionTimeout, `election time-out of ${set.name}`);
  if (timeout === undefined) return undefined;
  return [
    {
      name: "elected",
      seconds: timeout * (1 + MONGO_ELECTION_OFFSET.value) + MONGO_VOTE.value,
      from: `electionTimeoutMillis; ${MONGO_ELECTION_OFFSET.source}; ${MONGO_VOTE.source}`,
      urns: [set.urn],
      governedBy: "setting",
    },
    constantStage("known to members", MONGO_HEARTBEAT_INTERVAL),
    constantStage("connected", MONGO_DRIVER_MIN_HEARTBEAT),
  ];
}

/** The slowest pod of the site that is started anew on another server. */
function readinessOfAll(before: World, site: string): Stage | undefined {
  const restarts = [
    ...before.system.services.filter((each) => each.site === site),
    ...before.system.proxies.filter((each) => each.site === site),
    ...before.system.links.filter(({ from }) => from === site),
  ].map(({ restart, urn }) => {
    const started = startOf(restart, `the pods at ${site}`, before.trail);
    const ready = stageOf("ready", restart.readiness, `probes of the pods at ${site}`, before.trail);
    return started && ready && { seconds: started.seconds + ready.seconds, urn };
  });
  if (restarts.includes(undefined)) return undefined;
  const all = restarts.filter((each) => each !== undefined);
  return {
    name: "restarted",
    seconds: Math.max(0, ...all.map(({ seconds }) => seconds)),
    from: `slowest start that the probes of the pods at ${site} allow, and their readiness`,
    urns: all.map(({ urn }) => urn),
    governedBy: "setting",
  };
}

export function concat(a: readonly Stage[] | undefined, b: readonly Stage[] | undefined): readonly Stage[] | undefined {
  return a && b ? [...a, ...b] : undefined;
}
