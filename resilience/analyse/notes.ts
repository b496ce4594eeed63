import { formatSeconds } from "../../topologies/units.ts";
import { loadOf } from "../capacity/load.ts";
import { CNPG_WAL_KEEP, RESOLVER_RETRY, RESTART_BACKOFF, WAL_SEGMENT } from "../constants.ts";
import type { FaultEvent } from "../fault.ts";
import { valueOf } from "../fact.ts";
import type { PostgresCluster, System } from "../system.ts";
import { accountNotes } from "./accounts.ts";
import { controlPlaneTier, managedDisks, providerNotes, zoneNotes } from "./notes-provider.ts";
import type { Trail } from "./trail.ts";

/** What an event brings besides its outcome: what fills up, what runs out, what must not be relied on. */
export function notesOn(system: System, event: FaultEvent, trail: Trail): void {
  accountNotes(system, event, trail);
  switch (event.kind) {
    case "backup-store":
      return archiveStops(system, event.site, trail);
    case "control-plane":
      controlPlaneTier(system, event.site, trail);
      trail.say(
        `what runs at ${event.site} goes on running and answering; while its control plane is down nothing fails over, is rescheduled or renewed, no scheduled backup runs, and a proxy that restarts can't load its routes`,
        ...zone(system, event.site),
      );
      return;
    case "clock":
      trail.say(
        "PostgreSQL replicates by position in its log and MongoDB orders by its own logical clock, so a jump neither stops replication nor moves a primary",
        ...stores(system),
      );
      trail.say(
        "a jump beyond a certificate's validity refuses new connections; times for a point-in-time restore are wrong by the jump; sessions may end early",
        ...system.certificates.filter(({ site }) => site === event.site).map(({ urn }) => urn),
      );
      return;
    case "link":
      tunnelNotes(system, event.from, event.to, trail);
      if (event.oneWay)
        trail.say(
          "TCP needs both ways, so a link that fails one way works for nobody; MongoDB's heartbeats are TCP too, so neither side hears the other",
          ...links(system),
        );
      return;
    case "gateway":
      for (const { name } of system.sites) if (name !== event.site) tunnelNotes(system, event.site, name, trail);
      return;
    case "certificate-expiry":
      for (const certificate of system.certificates.filter(
        ({ purpose, site }) => purpose === event.purpose && (event.site ?? site) === site,
      )) {
        const validity = valueOf(certificate.validity);
        const before = valueOf(certificate.renewBefore);
        trail.say(
          `${certificate.name} is valid for ${validity === undefined ? "an unknown time" : formatSeconds(validity)}; ${certificate.renewedBy === "nobody" ? "nobody renews it" : `${certificate.renewedBy} renews it ${before === undefined ? "at a time that is not known" : `${formatSeconds(before)} before its end`}`}${certificate.renewedBy === "pulumi up" ? ", if somebody runs it by then" : ""}`,
          certificate.urn,
        );
      }
      return;
    case "process":
      if (!event.hang)
        trail.say(
          `a second crash within ten minutes waits ${RESTART_BACKOFF.value} s, and twice as long each time (${RESTART_BACKOFF.source})`,
        );
      return;
    case "zone":
      if (event.zone !== undefined) return zoneNotes(system, event.site, event.zone, trail);
      return siteNotes(system, event.site, trail);
    case "provider":
      return providerNotes(system, event.provider, trail);
    case "site":
      return siteNotes(system, event.site, trail);
    case "dns":
      trail.say(
        `a resolver that asks the dead name server first gets its answer from another one ${RESOLVER_RETRY.value} s later (${RESOLVER_RETRY.source})`,
        ...system.nameServers.map(({ urn }) => urn),
      );
      return;
    case "disk":
      trail.say(
        "an array that has lost disks survives fewer until they are replaced and it is rebuilt",
        ...zone(system, event.site),
      );
      managedDisks(system, event.site, trail);
      return;
    case "storage":
    case "node":
    case "corruption":
      return;
    default: {
      const never: never = event;
      throw new Error(`no notes on ${JSON.stringify(never)}`);
    }
  }
}

function siteNotes(system: System, site: string, trail: Trail): void {
  trail.say(
    `${site} being down says nothing about its disks: what is on them is there again when it is back`,
    ...zone(system, site),
  );
  for (const standby of standbys(system, [site])) keptLog(system, standby, trail);
  absentSecondary(system, site, trail);
}

function zone(system: System, site: string): readonly string[] {
  return system.sites.filter(({ name }) => name === site).map(({ urn }) => urn);
}

function stores(system: System): readonly string[] {
  return [...system.postgres, ...system.mongo].map(({ urn }) => urn);
}

function links(system: System): readonly string[] {
  return system.links.map(({ urn }) => urn);
}

/** A store that is away makes the archive pile up in the primary's volume, which stops PostgreSQL when it is full. */
function archiveStops(system: System, site: string, trail: Trail): void {
  const names = system.backupStores.filter((store) => store.site === site).map(({ name }) => name);
  for (const backup of system.backups.filter(
    ({ kind, to }) => kind === "archive" && names.includes(valueOf(to) ?? ""),
  )) {
    const cluster = system.postgres.find(({ name }) => name === valueOf(backup.subject));
    if (!cluster) continue;
    const rate = walRate(system, cluster);
    const size = cluster.storage && valueOf(cluster.storage);
    const fills =
      rate !== undefined && size !== undefined
        ? `after ${formatSeconds(size / rate)} at the latest (an empty volume of ${(size / 2 ** 30).toFixed(0)} GiB, ${Math.round(rate / 1024)} KiB/s at peak load)`
        : "after a time that can't be told: the volume's size, the load or archive_timeout is not known";
    trail.say(
      `the log of ${cluster.name} can't be archived and piles up in its volume; when that is full PostgreSQL stops: ${fills}`,
      cluster.urn,
      backup.urn,
    );
  }
}

/** Bytes per second that the log grows by: what is written, or a whole segment per archive time-out if that is more. */
function walRate(system: System, cluster: PostgresCluster): number | undefined {
  const workload = valueOf(system.workload);
  const timeout = valueOf(cluster.archiveTimeout);
  if (!workload || timeout === undefined || timeout <= 0) return undefined;
  return Math.max(loadOf(workload).writes * workload.bytesPerWrite, segmentOf(system, cluster) / timeout);
}

/** A clone has the segments of the cluster that it came from, which is the only one that says how large they are. */
function segmentOf({ postgres }: System, { walSegment }: PostgresCluster): number {
  const said = walSegment ?? postgres.find((one) => one.walSegment !== undefined)?.walSegment;
  return (said && valueOf(said)) ?? WAL_SEGMENT.value;
}

function tunnelNotes(system: System, a: string, b: string, trail: Trail): void {
  for (const standby of standbys(system, [a, b])) keptLog(system, standby, trail);
  absentSecondary(system, a, trail);
  absentSecondary(system, b, trail);
  for (const site of system.sites.filter(({ name }) => name === a || name === b)) {
    const enforced = valueOf(site.enforcesNetworkPolicies);
    if (enforced === true) continue;
    trail.say(
      `that only proxies and databases use the tunnel relies on NetworkPolicies, which the cluster of ${site.name} ${enforced === false ? "does not enforce" : "may not enforce (not declared)"}; what is answered in this outcome does not depend on it`,
      site.urn,
      ...system.isolation.filter((policy) => policy.site === site.name).map(({ urn }) => urn),
    );
  }
}

function standbys(system: System, sites: readonly string[]): readonly PostgresCluster[] {
  return system.postgres.filter((cluster) => sites.includes(cluster.site) && valueOf(cluster.replica) === true);
}

/** How long a standby may be away before its source has thrown away the log that it needs. */
function keptLog(system: System, standby: PostgresCluster, trail: Trail): void {
  const source = system.postgres.find(({ site }) => site === valueOf(standby.sourceSite));
  const rate = source && walRate(system, source);
  const kept = source?.walKeepSize
    ? trail.read(source.walKeepSize, `wal_keep_size of ${source.name}`)
    : CNPG_WAL_KEEP.value;
  const window =
    rate === undefined || kept === undefined
      ? "a time that can't be told (load, archive_timeout or wal_keep_size not known)"
      : formatSeconds(kept / rate);
  const size = kept === undefined ? "" : ` = ${Math.round(kept / 2 ** 20)} MiB`;
  trail.say(
    `after being cut off for more than ${window} at peak load the log that ${standby.name} needs is no longer kept (wal_keep_size${size}${source?.walKeepSize ? "" : `, ${CNPG_WAL_KEEP.source}`}): unless it can read the archive it must be cloned anew`,
    standby.urn,
    source?.urn,
  );
}

/** With an arbiter in place of a third copy, one copy away stalls what a majority has. */
function absentSecondary(system: System, site: string, trail: Trail): void {
  for (const set of system.mongo) {
    const data = set.members.filter(({ arbiter }) => !arbiter);
    if (
      data.length === 2 &&
      set.members.some(({ arbiter }) => arbiter) &&
      data.some((member) => member.site === site && member.priority === 0)
    ) {
      trail.say(
        `while the member at ${site} is away no write of ${set.name} is on a majority of copies: the commit point stalls, and a long absence fills the primary's cache; take away the member's vote (rs.reconfig) if it stays away`,
        set.urn,
      );
    }
  }
}
