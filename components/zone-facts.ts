import { parseDuration, parseSize } from "../config/quantities.ts";
import { kilobytes, megabitsPerSecond } from "../topologies/units.ts";
import type { SiteContext } from "./context.ts";
import { backupName } from "./names.ts";

/**
 * What no resource can tell of a site, as the stack's config declares it, in base units: seconds, bytes, bits per second.
 * The component `Zone` carries it as inputs and outputs, so that a reader of the stack finds it. An optional fact that
 * the config does not give is absent: nothing is assumed in its place.
 */
export function zoneFacts({ topology, site, platform, facts }: SiteContext) {
  const { uplinkMegabits, networkPoliciesEnforced, nodeMonitorGraceSeconds, backupStore } = facts;
  return {
    site,
    platform: facts.platform,
    publicAddresses: facts.publicAddresses,
    ...(uplinkMegabits === undefined ? {} : { uplink: megabitsPerSecond(uplinkMegabits) }),
    servers: facts.servers.map(({ name, controlPlane, cores, memory, arrays }) => ({
      name,
      ...(controlPlane === undefined ? {} : { controlPlane }),
      ...(cores === undefined ? {} : { cores }),
      ...(memory === undefined ? {} : { memory: parseSize(memory) }),
      arrays: arrays.map(({ system, ...array }) => ({ ...array, ...(system === undefined ? {} : { system }) })),
    })),
    storageClass: facts.storageClass,
    ...(networkPoliciesEnforced === undefined ? {} : { networkPoliciesEnforced }),
    ...(nodeMonitorGraceSeconds === undefined ? {} : { nodeMonitorGrace: nodeMonitorGraceSeconds }),
    controlPlane: facts.controlPlane,
    backupStore: {
      name: backupName(site),
      endpoint: backupStore.endpoint,
      bucket: backupStore.bucket,
      server: backupStore.server,
      array: backupStore.array,
      lockedFor: parseDuration(backupStore.lockedFor),
      clusterCanDelete: backupStore.clusterCanDelete,
      retention: topology.backups.retention,
    },
    workload: workloadFacts(platform.workload),
    promises: topology.promises,
  };
}

function workloadFacts(workload: SiteContext["platform"]["workload"]) {
  return {
    users: workload.users,
    requestsPerUserMinute: workload.requestsPerUserMinute,
    writesPerUserMinute: workload.writesPerUserMinute,
    firstPageBytes: kilobytes(workload.firstPageKilobytes),
    laterRequestBytes: kilobytes(workload.laterRequestKilobytes),
    firstLoadsPerMinute: workload.firstLoadsPerMinute,
    bytesPerWrite: kilobytes(workload.kilobytesPerWrite),
    source: "the stack's config, holdfast:workload",
  };
}
