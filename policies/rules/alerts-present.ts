import type { Declared } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import { alertsOf, looksAt, looksAtJob } from "../alerts.ts";
import type { Alert } from "../alerts.ts";
import { Findings } from "../findings.ts";
import { awaitsKeys } from "../keys-awaited.ts";
import { collectorsOf } from "../metrics.ts";
import { objectsOf } from "../objects.ts";
import { hasDisks } from "../places.ts";
import type { StackRule, StackView } from "../rule.ts";

/** Ids of requirements, as in the promises: `R4`, `S1.5`. */
const PROMISE = /^([RNC]\d+|S\d+\.\d+)$/;

/** Something that must not happen unnoticed. */
interface Watched {
  readonly what: string;
  readonly promise: string;
  /** Metrics of which an alert must speak, by the names that their exporters give them. */
  readonly metrics: RegExp;
  readonly expected: (view: StackView) => boolean;
}

const WATCHED: readonly Watched[] = [
  {
    what: "a PostgreSQL standby that lags or receives nothing",
    promise: "R4",
    // CloudNativePG's and postgres_exporter's.
    metrics: /\b(cnpg_)?pg_(replication_(lag|is_wal_receiver_up)|stat_replication)/,
    expected: ({ system }) => system.postgres.length > 0,
  },
  {
    what: "a MongoDB replica set that is about to lose its majority",
    promise: "R5",
    // percona/mongodb_exporter, in its own and its compatible notation.
    metrics:
      /\bmongodb_(members_(state|health)|rs_members_(state|health)|mongod_replset_member_(state|health)|mongod_replset_my_state)/,
    expected: ({ system }) => system.mongo.length > 0,
  },
  {
    what: "a backup that is too old",
    promise: "R4",
    metrics: /last_(available_backup|successful)_(timestamp|time)/,
    expected: ({ system }) => system.backups.length > 0,
  },
  {
    what: "a certificate that ends soon",
    promise: "R8",
    // cert-manager's, x509-certificate-exporter's and blackbox_exporter's.
    metrics:
      /\b(certmanager_certificate_(expiration|not_after)_timestamp_seconds|x509_cert_not_after|probe_ssl_earliest_cert_expiry)/,
    expected: ({ system }) => system.certificates.some(({ purpose }) => purpose === "public"),
  },
  {
    what: "an array that has lost a disk",
    promise: "R4",
    // node exporter's (md, ZFS), smartctl_exporter's.
    metrics: /\b(node_md_disks|node_zfs_zpool_state|smartctl_device_|smartmon_)/,
    expected: ({ system }) => hasDisks(system),
  },
];

export const alertsPresent: StackRule = {
  name: "alerts-present",
  kind: "stack",
  what: "An alert watches replication, quorum, backups, certificates and disks, each naming the promise that it guards, and a Prometheus loads it.",
  ids: ["R4", "R5", "R8", "S5.4"],
  why: "Nobody is on call to look: a standby that stopped, or a disk that failed, is noticed only when the next fault meets it.",
  fix: "Declare a PrometheusRule with the missing alert, and a label promise with the id of the requirement.",
  level: "mandatory",
  subject: "a PrometheusRule",
  expected: (view) => !awaitsKeys(view),
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    const { loaded, ignored, untold } = alertsOf(objects);
    for (const rule of ignored)
      findings.add(
        rule.urn,
        `no Prometheus of this stack loads PrometheusRule ${rule.name}: there is none, or it takes only rules that carry its release as a label. Install one, or set ruleSelectorNilUsesHelmValues: false.`,
      );
    for (const { declared, release } of collectorsOf(objects))
      if (declared.inputs.get("values", "alertmanager", "enabled").value === false)
        findings.add(
          declared.urn,
          `${release} runs no Alertmanager: an alert that fires is told to nobody. Leave alertmanager.enabled out.`,
        );
    for (const alert of loaded) promised(alert, findings);
    const missing = (message: string, urn?: string): void =>
      untold
        ? findings.wait(`unless an alert that is known only after an up does: ${message}`)
        : findings.add(urn, message);
    for (const { what, promise, metrics } of WATCHED.filter(({ expected }) => expected(view))) {
      findings.subject();
      if (!loaded.some((alert) => looksAt(alert, metrics)))
        missing(`no alert watches ${what}. Declare one with the label promise: ${promise}.`);
    }
    for (const job of backupJobs(view)) {
      findings.subject();
      if (!loaded.some((alert) => looksAtJob(alert, job.name)))
        missing(
          `no alert tells that CronJob ${job.name} has not succeeded for too long: what it makes or tries may be old or broken, and nobody knows. Compare kube_cronjob_status_last_successful_time of it with its schedule.`,
          job.urn,
        );
    }
    return findings.verdict();
  },
};

/** CronJobs that make, copy or try a backup. */
function backupJobs(view: StackView): readonly Declared[] {
  const urns = new Set(view.system.backups.map(({ urn }) => urn));
  return objectsOf(view)
    .ofKind("batch/CronJob")
    .filter(({ urn }) => urns.has(urn));
}

function promised({ name, urn, promise }: Alert, findings: Findings): void {
  const id = plain(promise);
  if (promise.pending) findings.wait(`the promise of alert ${name} is known only after an up`);
  else if (id === undefined || !PROMISE.test(id))
    findings.add(
      urn,
      `alert ${name} names ${id === undefined ? "no promise" : `the promise ${id}, which is no id of a requirement`}: whoever is woken can't tell what is at stake. Label it promise, such as R4.`,
    );
}
