import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as k8s from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { days } from "../topologies/units.ts";
import { postgresArchive } from "./backup-places.ts";
import { APP_USER, BACKUP_CREDENTIALS, POSTGRES_PORT } from "./connections.ts";
import type { PodIdentity, SharedKeys, SiteContext } from "./context.ts";
import { labels, namespaces, postgresName } from "./names.ts";
import { clusterAnnotations } from "./pg-hang-probe.ts";
import type { OwnCertificate } from "./monitoring-alerts.ts";
import { pgCertificates } from "./pg-certificates.ts";
import {
  BARMAN_PLUGIN,
  POSTGRES_SECRETS,
  clusterSpec,
  secretMetadata,
  withSeconds,
} from "./pg-primary-replica-plan.ts";
import type { ClusterSpec } from "./pg-primary-replica-plan.ts";
import type { SiteStore } from "./site-store.ts";

export interface PgPrimaryReplicaArgs {
  readonly context: SiteContext;
  /** Undefined while the keyring site was never brought up: then nothing is made. */
  readonly keys?: SharedKeys | undefined;
  /** Who its pods are to a backup store that takes no key. @default nobody */
  readonly identity?: PodIdentity | undefined;
  /**
   * Demotion token of the site that was active before (its stack output `demotionToken`); used at the active site only.
   * Without it a standby that becomes active is promoted by force, and the former primary must be cloned anew: whoever
   * calls decides that (components/promotion.ts).
   */
  readonly promotionToken?: string | undefined;
  /** The cluster of this site was lost, and is cloned from another one. Read only when the cluster is made. */
  readonly rebuilt?: { readonly from: string } | undefined;
}

/** The operator's resource, with the part of its status that another stack needs. */
class Cluster extends CustomResource {
  declare readonly status: pulumi.Output<{ readonly demotionToken?: string } | undefined>;

  constructor(
    name: string,
    args: { metadata: object; spec: pulumi.Input<object> },
    opts: pulumi.CustomResourceOptions,
  ) {
    // The SDK makes outputs only of the properties that it is given: an empty one is filled by the engine's answer, and
    // is not sent as an input.
    super(name, { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", ...args, status: undefined }, opts);
  }
}

/**
 * PostgreSQL at one site of a distributed topology [S1.5]: the primary's cluster, or a standby's that streams from it.
 * Which of them is written in `spec.replica` alone, so that a switchover is one small change, and never a new cluster.
 *
 * The Cluster is protected: `pulumi destroy`, or a change that would replace it, stops with an error.
 */
export class PgPrimaryReplica extends pulumi.ComponentResource {
  /**
   * What the next active site needs, once this one is demoted; undefined before. To be exported as `demotionToken`. The
   * operator writes it some seconds after the `up` that demotes: `pulumi up --refresh` reads it.
   */
  readonly demotionToken: pulumi.Output<string | undefined>;
  /** When the certificates that an `up` renews end; none while there are no keys to sign them. */
  certificates: readonly OwnCertificate[] = [];

  constructor(name: string, args: PgPrimaryReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, keys } = args;
    super("holdfast:platform:PgPrimaryReplica", name, { site: context.site }, opts);
    this.demotionToken = keys ? this.declareCluster(name, args, keys) : pulumi.output(undefined);
    this.registerOutputs({ demotionToken: this.demotionToken });
  }

  private declareCluster(
    name: string,
    { context, identity, promotionToken, rebuilt }: PgPrimaryReplicaArgs,
    keys: SharedKeys,
  ): pulumi.Output<string | undefined> {
    const parent = { parent: this };
    const cluster = postgresName(context.site);
    const metadata = { name: cluster, namespace: namespaces.platform, labels: labels("postgres", cluster) };

    const certificates = pgCertificates(this, name, context.site, keys);
    this.certificates = certificates.ends;
    const needed = [
      new k8s.Secret(
        `${name}-app`,
        {
          metadata: secretMetadata(POSTGRES_SECRETS.app),
          type: "kubernetes.io/basic-auth",
          stringData: { username: APP_USER, password: keys.postgresPassword },
        },
        parent,
      ),
      ...certificates.secrets,
      new CustomResource(
        `${name}-store`,
        { apiVersion: "barmancloud.cnpg.io/v1", kind: "ObjectStore", metadata, spec: objectStoreSpec(context) },
        parent,
      ),
    ];
    new k8s.Service(
      `${name}-service`,
      {
        metadata,
        spec: {
          selector: { "cnpg.io/cluster": cluster, "cnpg.io/instanceRole": "primary" },
          ports: [{ name: "postgres", port: POSTGRES_PORT, targetPort: POSTGRES_PORT }],
        },
      },
      parent,
    );

    const spec = withLabels(clusterSpec(context, rebuilt?.from), identity);
    const resource = new Cluster(
      `${name}-cluster`,
      {
        metadata: { ...metadata, ...clusterAnnotations(context) },
        spec: { ...withToken(spec, context, promotionToken), ...accountOf(identity) },
      },
      { ...parent, dependsOn: needed, protect: true },
    );
    new CustomResource(
      `${name}-backup`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        metadata,
        spec: {
          schedule: withSeconds(context.topology.backups.daily),
          cluster: { name: cluster },
          method: "plugin",
          pluginConfiguration: { name: BARMAN_PLUGIN },
          // An archive without a base backup restores nothing: the first one is taken at once.
          immediate: true,
          backupOwnerReference: "self",
        },
      },
      { ...parent, dependsOn: [resource] },
    );
    // An active site's token, if its last demotion left one, is worthless and must not be taken for a new one.
    if (context.role === "primary") return pulumi.output(undefined);
    return resource.status.apply((status) => status?.demotionToken);
  }
}

/** The operator refuses a token at a cluster that is not to be the primary (1.27). */
function withToken(spec: ClusterSpec, { role }: SiteContext, promotionToken: string | undefined): ClusterSpec {
  if (role !== "primary" || promotionToken === undefined || !spec.replica) return spec;
  return { ...spec, replica: { ...spec.replica, promotionToken } };
}

/** The operator makes a service account with the name of the cluster, and gives its pods all of these labels (1.27). */
function withLabels(spec: ClusterSpec, identity: PodIdentity | undefined): ClusterSpec {
  const { inheritedMetadata } = spec;
  const labels = { ...inheritedMetadata?.labels, ...identity?.podLabels };
  return { ...spec, inheritedMetadata: { ...inheritedMetadata, labels } };
}

function accountOf(identity: PodIdentity | undefined): object {
  if (!identity || Object.keys(identity.podLabels).length === 0) return {};
  return { serviceAccountTemplate: { metadata: { annotations: identity.serviceAccountAnnotations } } };
}

function objectStoreSpec({ store, topology }: SiteContext): object {
  return {
    // Barman deletes what is older; the store keeps the locked versions behind what it then hides.
    retentionPolicy: `${Math.ceil(topology.backups.retention / days(1))}d`,
    ...sidecarOf(store),
    configuration: {
      destinationPath: postgresArchive(store),
      ...credentialsOf(store),
      wal: { compression: "gzip", maxParallel: 2 },
      data: { compression: "gzip", jobs: 2 },
    },
  };
}

/**
 * What archives and restores beside every instance. A container that requests no processor has the least weight there is
 * (cpu.shares 2, where a request of 100m has 102): on a server that is full it would hardly run, and every promotion waits
 * for three looks into the archive.
 */
function sidecarOf(store: SiteStore): object {
  return {
    instanceSidecarConfiguration: {
      ...(store.protocol === "s3" ? { env: [{ name: "AWS_DEFAULT_REGION", value: store.region }] } : {}),
      resources: { requests: { cpu: "250m", memory: "128Mi" } },
    },
  };
}

/**
 * `inheritFromAzureAD` makes the plug-in call Barman with `managed-identity` (cloudnative-pg/barman-cloud 0.5.1,
 * pkg/command/commandbuilder.go), which takes the workload identity wherever the cluster hands the pod a federated token
 * (azure-identity for Python 1.26, ManagedIdentityCredential). The token is given
 * to labelled pods by AKS's own webhook, to the plug-in's sidecar too: it is there when the pod is admitted.
 */
function credentialsOf(store: SiteStore): object {
  if (store.protocol !== "s3") return { azureCredentials: { inheritFromAzureAD: true } };
  const reference = (key: string) => ({ name: BACKUP_CREDENTIALS.secret, key });
  return {
    endpointURL: store.endpoint,
    s3Credentials: {
      accessKeyId: reference(BACKUP_CREDENTIALS.accessKeyId),
      secretAccessKey: reference(BACKUP_CREDENTIALS.secretAccessKey),
    },
  };
}
