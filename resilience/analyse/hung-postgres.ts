import type { PostgresCluster } from "../system.ts";
import { concat, noticedUnready, promotion } from "./failover.ts";
import { allStages, heal, never, postgresRestart, stageOf } from "./restart.ts";
import type { Heal } from "./restart.ts";
import type { Trail } from "./trail.ts";
import type { World } from "./world.ts";

/**
 * The operator's liveness probe asks the instance manager, not PostgreSQL. A server that hangs is restarted where a probe
 * that asks PostgreSQL stands in its place; otherwise it is noticed by its readiness alone, and only a cluster with another
 * instance can act on that. Either needs the API server: a failover is written there, and an instance manager that starts
 * waits until it gets its Cluster from there (CloudNativePG 1.27, internal/cmd/manager/instance/run).
 */
export function hungPostgres(before: World, cluster: PostgresCluster, keys: readonly string[]): Heal {
  const { trail } = before;
  const instances = trail.read(cluster.instances, `instances of ${cluster.name}`);
  if (instances === undefined) return heal(keys, undefined);
  const controlled = before.controlPlaneUp(cluster.site) === "yes";
  if (instances > 1 && controlled) return heal(keys, failover(cluster, trail));
  if (cluster.hangProbe && controlled) return heal(keys, restart(cluster, cluster.hangProbe, trail));
  const why =
    instances > 1 || cluster.hangProbe
      ? `the control plane of ${cluster.site} is not there ${instances > 1 ? "to fail over" : "for a restart"}`
      : "it has no other instance";
  const watched = cluster.hangProbe
    ? "a server that hangs stays"
    : "CloudNativePG's liveness probe watches the instance manager and not PostgreSQL itself, so a server that hangs stays";
  trail.say(`${watched}; ${why}: a person must restart it`, cluster.urn);
  return never(keys);
}

function failover(cluster: PostgresCluster, trail: Trail): Heal["stages"] | undefined {
  const stopped = stageOf(
    "stopped",
    cluster.switchoverDelay,
    `switchoverDelay of ${cluster.name}: the hung primary's fast shutdown`,
    trail,
  );
  return concat(stopped && [noticedUnready(cluster), stopped], promotion(cluster, trail));
}

function restart(
  cluster: PostgresCluster,
  { detection, grace }: NonNullable<PostgresCluster["hangProbe"]>,
  trail: Trail,
): Heal["stages"] | undefined {
  trail.say(
    `the liveness probe of ${cluster.name} asks PostgreSQL itself, by a patch of the operator's pods: Kubernetes restarts an instance that hangs once it has failed`,
    cluster.urn,
  );
  const stopped = allStages([
    stageOf("detected", detection, `liveness probe of ${cluster.name}, which asks PostgreSQL`, trail),
    stageOf("stopped", grace, `termination grace period of that probe of ${cluster.name}`, trail),
  ]);
  return concat(stopped, postgresRestart(cluster.restart, cluster.name, trail));
}
