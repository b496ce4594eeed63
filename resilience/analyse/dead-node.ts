import { CONTROLLER_LEASE, CONTROLLER_RETRY, NODE_MONITOR_PERIOD } from "../constants.ts";
import { valueOf } from "../fact.ts";
import type { Stage } from "../outcome.ts";
import type { Site } from "../system.ts";
import { stageOf } from "./restart.ts";
import type { World } from "./world.ts";

/**
 * Until a dead server's node is NotReady, and its pods with it: the grace, and the looks at which silence is seen to begin
 * and to be over. Where the control plane runs on the site's own servers, the controller that counts may have died too.
 */
export function noticedDead(before: World, site: Site, servers: readonly string[]): readonly Stage[] | undefined {
  const grace = stageOf(
    "noticed",
    site.nodeGrace ?? site.nodeEviction,
    `until a dead node of ${site.name} is NotReady`,
    before.trail,
  );
  const period = site.nodePeriod
    ? before.trail.read(site.nodePeriod, `how often the control plane of ${site.name} looks at its nodes`)
    : NODE_MONITOR_PERIOD.value;
  if (!grace || period === undefined) return undefined;
  const from = `${grace.from}, and two looks of its control plane (${NODE_MONITOR_PERIOD.source})`;
  const noticed = { ...grace, seconds: grace.seconds + 2 * period, from };
  return mayHoldController(site, servers) ? [takenOver, noticed] : [noticed];
}

/** Does one of the dead servers run the cluster's controllers, and another one of the site too? */
function mayHoldController(site: Site, servers: readonly string[]): boolean {
  if (valueOf(site.controlPlane) !== "own") return false;
  const masters = site.servers.filter(({ controlPlane }) => valueOf(controlPlane) === true);
  return masters.length > 1 && masters.some(({ name }) => servers.includes(name));
}

const takenOver: Stage = {
  name: "controllers taken over",
  seconds: CONTROLLER_LEASE.value + CONTROLLER_RETRY.value,
  from: `${CONTROLLER_LEASE.source}; ${CONTROLLER_RETRY.source}`,
  urns: [],
  governedBy: "constant",
};

/** How long pods bear it that their node is NotReady. */
export function tolerated(before: World, site: Site): Stage | undefined {
  const what = `eviction of pods from a dead node of ${site.name}`;
  const evicted = stageOf("evicted", site.nodeEviction, what, before.trail);
  const noticed = before.trail.read(site.nodeGrace ?? site.nodeEviction, what);
  return evicted && noticed !== undefined ? { ...evicted, seconds: evicted.seconds - noticed } : undefined;
}
