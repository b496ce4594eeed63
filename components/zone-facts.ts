import { parseDuration, parseSize } from "../config/quantities.ts";
import type { AksSiteConfig, ExistingSiteConfig } from "../config/schema.ts";
import { kilobytes, megabitsPerSecond } from "../topologies/units.ts";
import type { SiteContext } from "./context.ts";
import { mongoStoreName } from "./backup-places.ts";
import { backupName } from "./names.ts";
import { mongoAccountOf } from "./site-store.ts";

/**
 * What no resource can tell of a site, as the stack's config declares it, in base units: seconds, bytes, bits per second.
 * The component `Zone` carries it as inputs and outputs, so that a reader of the stack finds it. An optional fact that
 * the config does not give is absent: nothing is assumed in its place.
 */
export function zoneFacts(context: SiteContext) {
  const { topology, site, platform, facts, cluster } = context;
  const { uplinkMegabits } = facts;
  return {
    site,
    topologySites: topology.sites.map(({ name }) => name),
    ...(uplinkMegabits === undefined ? {} : { uplink: megabitsPerSecond(uplinkMegabits) }),
    storageClass: cluster.storageClass,
    ...platformFacts(context),
    workload: workloadFacts(platform.workload),
    promises: topology.promises,
    ...(platform.prices === undefined ? {} : { prices: platform.prices }),
  };
}

function platformFacts({ topology, site, facts }: SiteContext) {
  const { retention } = topology.backups;
  switch (facts.platform) {
    case "existing":
      return existingFacts(site, facts, retention);
    case "aks":
      return aksFacts(site, facts, retention);
    default: {
      const never: never = facts;
      throw new Error(`platform of ${JSON.stringify(never)} has no facts`);
    }
  }
}

/** Servers and disks of a cluster of one's own. */
export function existingFacts(site: string, facts: ExistingSiteConfig, retention: number) {
  const { country, networkPoliciesEnforced, nodeMonitorGraceSeconds, nodeMonitorPeriodSeconds, backupStore } = facts;
  return {
    platform: facts.platform,
    ...(country === undefined ? {} : { country }),
    publicAddresses: facts.publicAddresses,
    servers: facts.servers.map(({ name, controlPlane, cores, memory, monthlyCost, arrays }) => ({
      name,
      ...(controlPlane === undefined ? {} : { controlPlane }),
      ...(cores === undefined ? {} : { cores }),
      ...(memory === undefined ? {} : { memory: parseSize(memory) }),
      ...(monthlyCost === undefined ? {} : { monthlyCost }),
      arrays: arrays.map(({ system, ...array }) => ({ ...array, ...(system === undefined ? {} : { system }) })),
    })),
    ...(networkPoliciesEnforced === undefined ? {} : { networkPoliciesEnforced }),
    ...(nodeMonitorGraceSeconds === undefined ? {} : { nodeMonitorGrace: nodeMonitorGraceSeconds }),
    ...(nodeMonitorPeriodSeconds === undefined ? {} : { nodeMonitorPeriod: nodeMonitorPeriodSeconds }),
    controlPlane: facts.controlPlane,
    backupStore: {
      name: backupName(site),
      endpoint: backupStore.endpoint,
      bucket: backupStore.bucket,
      server: backupStore.server,
      array: backupStore.array,
      lockedFor: parseDuration(backupStore.lockedFor),
      clusterCanDelete: backupStore.clusterCanDelete,
      retention,
    },
  };
}

/**
 * On Azure the nodes, their zones and the redundancy of disks and backups are read from the resources themselves. The
 * public addresses join these facts once the address is made (`Zone`'s outputs).
 */
export function aksFacts(site: string, facts: AksSiteConfig, retention: number) {
  const { account, container } = facts.backupStore;
  return {
    platform: facts.platform,
    provider: "azure",
    region: facts.location,
    zones: facts.zones,
    // Azure runs it, in all zones (tier Standard of a region that has zones).
    controlPlane: "provider" as const,
    backupStore: { name: backupName(site), account, container, retention },
    mongoBackupStore: { name: mongoStoreName(site), account: mongoAccountOf(account), container, retention },
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
