import { concat, noticedUnready, promotion } from "./failover.ts";
import { instancesAlive } from "./postgres.ts";
import { heal, never } from "./restart.ts";
import type { Heal } from "./restart.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** Clusters that lost an instance's array and have another instance: at worst the primary was on it, and they fail over. */
export function lostPrimaries(before: World, after: World): readonly Heal[] {
  return after.system.postgres.flatMap((cluster) => {
    const key = [`failover:${cluster.name}`];
    const had = instancesAlive(new World(before.system, before.broken, new Trail()), cluster).count;
    const has = instancesAlive(new World(after.system, after.broken, new Trail()), cluster).count;
    if (had === undefined || has === undefined || has === 0 || has >= had || after.has(`failover:${cluster.name}`))
      return [];
    if (after.controlPlaneUp(cluster.site) === "no") return [never(key)];
    return [
      heal(
        key,
        after.controlPlaneUp(cluster.site) === "yes"
          ? concat([noticedUnready(cluster)], promotion(cluster, after.trail))
          : undefined,
      ),
    ];
  });
}
