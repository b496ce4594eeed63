import type * as pulumi from "@pulumi/pulumi";
import { hours } from "../topologies/units.ts";
import type { BackupJob } from "./backup-plan.ts";
import { COPY_DEADLINE } from "./backup-plan.ts";
import type { SiteContext } from "./context.ts";
import { longestInterval } from "./monitoring-cron.ts";
import { namespaces, postgresName } from "./names.ts";

/** Requirements that an alert watches; the text is for people who read the table. */
export const WATCHED_PROMISES = {
  R4: "data loss is not tolerated: replication, log of backups, backups, restore tests, arrays, volumes",
  R5: "outages of a few seconds only: writes find a primary, requests are answered",
  R7: "two availability zones: the other site is reached",
  R8: "recovery is automatic: certificates, name server and gateway work, and somebody would notice if not",
} as const;

export interface Alert {
  readonly alert: string;
  readonly promise: keyof typeof WATCHED_PROMISES;
  /** `critical`: a promise is broken now; `warning`: the next fault would break it. */
  readonly severity: "critical" | "warning";
  /** PromQL; metrics are those of docs/monitoring.md. */
  readonly expr: pulumi.Input<string>;
  /** How long it must hold, in Prometheus' notation. */
  readonly for: string;
  readonly summary: string;
  /** What to look at, and what to type. */
  readonly runbook: string;
}

/** A certificate that an `up` renews: its name, and when it ends (RFC 3339). */
export interface OwnCertificate {
  readonly name: string;
  readonly end: pulumi.Output<string>;
}

const platform = `namespace="${namespaces.platform}"`;
/** A backup may take two hours before the newest one counts as too old. */
const BACKUP_TIME = hours(2);

/** CloudNativePG 1.30, default-monitoring.yaml; the plug-in's metric: plugin-barman-cloud 0.11, documentation, observability. */
export function postgresAlerts({ site, topology }: SiteContext): readonly Alert[] {
  const cluster = postgresName(site);
  const lag = topology.postgres.archiveTimeout;
  const age = longestInterval(topology.backups.daily) + BACKUP_TIME;
  const timestamp = `barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{${platform}}`;
  return [
    {
      alert: "PostgresStandbyNotStreaming",
      promise: "R4",
      severity: "critical",
      expr: `cnpg_pg_replication_in_recovery{${platform}} > cnpg_pg_replication_is_wal_receiver_up{${platform}}`,
      for: "2m",
      summary: "{{ $labels.pod }} receives no write-ahead log: what is written now exists once less",
      runbook: `kubectl -n platform get cluster ${cluster}; kubectl -n platform logs {{ $labels.pod }}; at a standby site see whether the tunnel is up (TunnelDown). It catches up by itself while its source keeps the log (wal_keep_size).`,
    },
    {
      alert: "PostgresReplicationLag",
      promise: "R4",
      severity: "warning",
      expr: `cnpg_pg_replication_lag{${platform}} > ${lag}`,
      for: "5m",
      summary: "{{ $labels.pod }} is {{ $value }} s behind its source",
      runbook: `Look for load or a slow link first. A lag beyond ${lag} s is more than the archive of the source would lose.`,
    },
    {
      alert: "PostgresArchiveFailing",
      promise: "R4",
      severity: "critical",
      expr: `cnpg_pg_stat_archiver_last_failed_time{${platform}} > cnpg_pg_stat_archiver_last_archived_time{${platform}}`,
      for: "10m",
      summary:
        "{{ $labels.pod }} cannot archive its write-ahead log: nothing since then can be restored, and its volume fills",
      runbook: `kubectl -n platform describe cluster ${cluster}; is the store reachable, its key valid, its volume full? Archiving goes on by itself.`,
    },
    {
      alert: "PostgresBackupTooOld",
      promise: "R4",
      severity: "critical",
      expr: `max(${timestamp}) < time() - ${age} or absent(${timestamp})`,
      for: "15m",
      summary: `the newest base backup of ${cluster} is older than ${age / 3600} h, or there is none`,
      runbook: `kubectl -n platform get backups.postgresql.cnpg.io; take one: kubectl cnpg -n platform backup ${cluster} --method plugin --plugin-name barman-cloud.cloudnative-pg.io`,
    },
  ];
}

/** percona/mongodb_exporter 0.44 with --collector.replicasetstatus: replSetGetStatus as each data member sees it. */
export function mongoAlerts(): readonly Alert[] {
  return [
    {
      alert: "MongoNoPrimary",
      promise: "R5",
      severity: "critical",
      expr: `absent(mongodb_members_state{${platform}} == 1)`,
      for: "1m",
      summary: "no member of the replica set is seen to be primary: MongoDB takes no writes",
      runbook:
        "kubectl -n platform get pods -l app.kubernetes.io/component=mongo; with a majority of votes alive an election takes seconds; without one see `holdfast explain` for the fault that fits.",
    },
    {
      alert: "MongoMemberDown",
      promise: "R4",
      severity: "warning",
      expr: `min by (member_idx) (mongodb_members_health{${platform}}) == 0`,
      for: "2m",
      summary: "{{ $labels.member_idx }} does not answer the others: the next one that dies may end the majority",
      runbook:
        "kubectl -n platform describe pod of that member; a member of the other site: is the tunnel up (TunnelDown)?",
    },
  ];
}

/** kube-state-metrics 2.20: each CronJob of the plan against its own schedule. */
export function backupAlerts(jobs: readonly BackupJob[]): readonly Alert[] {
  const ages = jobs.map(({ name, kind, schedule }): Alert => {
    const tested = kind.startsWith("test-");
    const age = longestInterval(schedule) + (kind === "copy" ? COPY_DEADLINE : BACKUP_TIME);
    const selector = `{${platform},cronjob="${name}"}`;
    const last = `kube_cronjob_status_last_successful_time${selector}`;
    const never = `(time() - kube_cronjob_created${selector} > ${age} unless on (namespace, cronjob) ${last})`;
    return {
      alert: tested ? "RestoreTestTooOld" : "BackupTooOld",
      promise: "R4",
      severity: "critical",
      expr: `time() - ${last} > ${age} or ${never}`,
      for: "5m",
      summary: `${name} has not succeeded for ${age / 3600} h`,
      runbook: `kubectl -n platform get jobs | grep ${name}; kubectl -n platform logs job/<the last>; run it now: kubectl -n platform create job ${name}-now --from=cronjob/${name}`,
    };
  });
  return [
    ...ages,
    {
      alert: "BackupJobFailed",
      promise: "R4",
      severity: "warning",
      expr: `kube_job_status_failed{${platform},job_name=~"(backup|restore-test)-.*"} > 0`,
      for: "0m",
      summary: "{{ $labels.job_name }} failed",
      runbook:
        "kubectl -n platform logs job/{{ $labels.job_name }}; a restore test that fails means: nothing proves the backup (docs/restore.md).",
    },
  ];
}

/** Node exporter 1.12 (Linux' md and ZFS: where neither is, they are silent), and the kubelet's own metrics of volumes. */
export function storageAlerts(): readonly Alert[] {
  return [
    {
      alert: "ArrayDegraded",
      promise: "R4",
      severity: "critical",
      expr: 'node_md_disks_required - on (node, device) node_md_disks{state="active"} > 0 or node_md_disks{state="failed"} > 0',
      for: "1m",
      summary: "array {{ $labels.device }} of {{ $labels.node }} lacks disks: it survives fewer losses than promised",
      runbook:
        "mdadm --detail /dev/{{ $labels.device }}; replace the disk, then mdadm --add; watch /proc/mdstat until it is rebuilt.",
    },
    {
      alert: "PoolDegraded",
      promise: "R4",
      severity: "critical",
      expr: 'node_zfs_zpool_state{state!="online"} > 0',
      for: "1m",
      summary: "ZFS pool {{ $labels.zpool }} of {{ $labels.node }} is {{ $labels.state }}",
      runbook: "zpool status {{ $labels.zpool }}; zpool replace; watch until it is resilvered.",
    },
    {
      alert: "VolumeAlmostFull",
      promise: "R4",
      severity: "warning",
      expr: `kubelet_volume_stats_available_bytes{${platform}} / kubelet_volume_stats_capacity_bytes{${platform}} < 0.1`,
      for: "5m",
      summary: "volume {{ $labels.persistentvolumeclaim }} is nearly full: its database will stop",
      runbook:
        "Is an archive failing, so that the log piles up (PostgresArchiveFailing)? Otherwise let it grow in the config, then pulumi up.",
    },
  ];
}
