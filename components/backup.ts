import * as pulumi from "@pulumi/pulumi";
import type { types } from "@pulumi/kubernetes";
import { CronJob } from "@pulumi/kubernetes/batch/v1/index.js";
import { ConfigMap, Secret, Service, ServiceAccount } from "@pulumi/kubernetes/core/v1/index.js";
import { EndpointSlice } from "@pulumi/kubernetes/discovery/v1/index.js";
import { hours } from "../topologies/units.ts";
import type { Seconds } from "../topologies/units.ts";
import { BACKUP_CREDENTIALS } from "./connections.ts";
import type { Peer, PodIdentity, SharedKeys, SiteContext } from "./context.ts";
import { BACKUP_SERVICE_ACCOUNT, backupName, labels, namespaces } from "./names.ts";
import { pbmConfigs } from "./backup-pbm.ts";
import { isAddress, portOf } from "./backup-checks.ts";
import { ACCOUNT_KEY, objects, REPOSITORY_PASSWORD } from "./backup-environment.ts";
import { STORE_PORT } from "./backup-places.ts";
import { backupJobs, COPY_DEADLINE } from "./backup-plan.ts";
import type { BackupJob } from "./backup-plan.ts";
import { podOf } from "./backup-pods.ts";
import { backupScripts } from "./backup-scripts.ts";

/** A key of an S3 store, or the id and the secret of an application that reads an account in Azure. */
export interface AccessKeys {
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;
}

export interface BackupScheduleArgs {
  readonly context: SiteContext;
  /** Undefined until the keyring site was brought up: then the only jobs are the copies, which need no password. */
  readonly keys?: SharedKeys | undefined;
  /**
   * Key of the own store: may put and read, must not delete versions (docs/backups.md has the policy). Undefined where the
   * store knows the pods by their workload identity.
   */
  readonly credentials?: AccessKeys | undefined;
  /** Who the pods are to a store that takes no key. */
  readonly identity?: PodIdentity | undefined;
  /** Key of the account of MongoDB's backups, where they have one of their own. */
  readonly mongoBackupKey?: pulumi.Output<string> | undefined;
  /** Site that this one pulls from (`topology.backups.copies`) → a key that reads that site's store, and no more. */
  readonly pullCredentials?: Readonly<Record<string, AccessKeys>>;
  readonly peers: readonly Peer[];
}

/**
 * Backups of one site [S1.7]: base backups of MongoDB and its oplog, snapshots of the uploads, the weekly copy of
 * another site's store (pulled, so the other site holds no key of this one's), and the tests of restoring them all.
 *
 * Nothing here can shorten how long a backup is kept: the store locks versions, is administered outside of the cluster,
 * and its key in the cluster deletes none (docs/backups.md). PostgreSQL's archive belongs to `PgPrimaryReplica`; its key
 * (Secret `backup-credentials`) is made here.
 *
 * That names are short enough and the store can be reached, the config's checks have seen to (`config/cross-checks.ts`).
 */
export class BackupSchedule extends pulumi.ComponentResource {
  /** The jobs that are declared. */
  readonly jobs: readonly BackupJob[];

  constructor(name: string, args: BackupScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, peers, keys } = args;
    const { backups } = context.topology;
    super(
      "holdfast:platform:BackupSchedule",
      name,
      { site: context.site, daily: backups.daily, weekly: backups.weekly },
      opts,
    );
    const parent = { parent: this };

    if (context.store.protocol === "s3") this.declareStore(name, context.store.endpoint, context, parent);
    const jobs = backupJobs(context, peers).filter(({ kind }) => keys !== undefined || kind === "copy");
    this.jobs = jobs;
    const needed: pulumi.Resource[] = args.credentials
      ? [accessSecret(`${name}-credentials`, BACKUP_CREDENTIALS.secret, args.credentials, parent)]
      : this.declareIdentity(name, args, parent);
    for (const from of new Set(jobs.flatMap((job) => (job.kind === "copy" ? [job.source] : [])))) {
      const key = args.pullCredentials?.[from];
      if (!key) throw new Error(`no key of the store of ${from}, which the config's check asks for`);
      needed.push(accessSecret(`${name}-pull-${from}`, objects.pull(from), key, parent));
    }
    if (keys) {
      const stringData = { [REPOSITORY_PASSWORD]: keys.backupPassword };
      needed.push(new Secret(`${name}-repositories`, { metadata: metadata(objects.repositories), stringData }, parent));
    }
    const configs = pbmConfigs(context, jobs);
    if (Object.keys(configs).length > 0) {
      needed.push(
        new ConfigMap(`${name}-mongo-config`, { metadata: metadata(objects.mongo), data: { ...configs } }, parent),
      );
    }
    needed.push(
      new ConfigMap(
        `${name}-scripts`,
        { metadata: metadata(objects.scripts), data: { ...scriptsOf(context, jobs) } },
        parent,
      ),
    );
    for (const job of jobs) {
      new CronJob(
        `${name}-${job.name}`,
        { metadata: metadata(job.name), spec: cronJobSpec(context, job, args.identity) },
        { ...parent, dependsOn: needed },
      );
    }
    this.registerOutputs({});
  }

  /** What lets the pods into an account in Azure: who they are, and the one key that is wanted there. */
  private declareIdentity(
    name: string,
    { identity, mongoBackupKey }: BackupScheduleArgs,
    parent: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    const made: pulumi.Resource[] = [];
    if (identity) {
      const annotations = identity.serviceAccountAnnotations;
      const account = { metadata: { ...metadata(BACKUP_SERVICE_ACCOUNT), annotations } };
      made.push(new ServiceAccount(`${name}-account`, { ...account, automountServiceAccountToken: false }, parent));
    }
    if (mongoBackupKey) {
      const stringData = { [ACCOUNT_KEY]: pulumi.secret(mongoBackupKey) };
      made.push(new Secret(`${name}-mongo-account`, { metadata: metadata(objects.mongoAccount), stringData }, parent));
    }
    return made;
  }

  /**
   * The name by which the other sites' gateways reach the store; its own site uses the endpoint itself. An account in Azure
   * needs none: it is reached past the tunnel.
   */
  private declareStore(name: string, url: string, context: SiteContext, parent: pulumi.CustomResourceOptions): void {
    const service = backupName(context.site);
    const endpoint = new URL(url);
    const port = portOf(endpoint);
    const ports = [{ name: "s3", port: STORE_PORT, targetPort: port }];
    if (!isAddress(endpoint.hostname)) {
      const spec = { type: "ExternalName", externalName: endpoint.hostname, ports };
      new Service(`${name}-store`, { metadata: metadata(service), spec }, parent);
      return;
    }
    new Service(`${name}-store`, { metadata: metadata(service), spec: { ports } }, parent);
    new EndpointSlice(
      `${name}-store-endpoints`,
      {
        metadata: {
          ...metadata(service),
          labels: {
            ...labels("backup", service),
            "kubernetes.io/service-name": service,
            "endpointslice.kubernetes.io/managed-by": "holdfast",
          },
        },
        addressType: "IPv4",
        endpoints: [{ addresses: [endpoint.hostname], conditions: { ready: true } }],
        ports: [{ name: "s3", port, protocol: "TCP" }],
      },
      parent,
    );
  }
}

const metadata = (name: string) => ({ name, namespace: namespaces.platform, labels: labels("backup", name) });

function accessSecret(logicalName: string, name: string, key: AccessKeys, opts: pulumi.CustomResourceOptions): Secret {
  const stringData = {
    [BACKUP_CREDENTIALS.accessKeyId]: pulumi.secret(key.accessKeyId),
    [BACKUP_CREDENTIALS.secretAccessKey]: pulumi.secret(key.secretAccessKey),
  };
  return new Secret(logicalName, { metadata: metadata(name), stringData }, opts);
}

function scriptsOf({ store }: SiteContext, jobs: readonly BackupJob[]): Readonly<Record<string, string>> {
  const copies = jobs.flatMap((job) => (job.kind === "copy" ? [{ source: job.from.protocol, part: job.part }] : []));
  return backupScripts(store.protocol, copies);
}

interface Limits {
  /** A run that was missed by less than this (the cluster was down) is made up for. */
  readonly late: Seconds;
  /** A run that takes longer has failed. */
  readonly longest: Seconds;
  readonly retries: number;
}

function limitsOf({ kind }: BackupJob): Limits {
  switch (kind) {
    case "mongo":
    case "uploads":
      return { late: hours(6), longest: hours(6), retries: 2 };
    case "copy":
      return { late: hours(72), longest: COPY_DEADLINE, retries: 2 };
    case "test-postgres":
    case "test-mongo":
    case "test-uploads":
      return { late: hours(24), longest: hours(6), retries: 1 };
    default: {
      const never: never = kind;
      throw new Error(`backup job ${String(never)}`);
    }
  }
}

function cronJobSpec(
  context: SiteContext,
  job: BackupJob,
  identity: PodIdentity | undefined,
): types.input.batch.v1.CronJobSpec {
  const { late, longest, retries } = limitsOf(job);
  const pod = { labels: { ...labels("backup", job.name), ...identity?.podLabels } };
  return {
    schedule: job.schedule,
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: late,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      metadata: pod,
      spec: {
        activeDeadlineSeconds: longest,
        backoffLimit: retries,
        template: { metadata: pod, spec: podOf(context, job) },
      },
    },
  };
}
