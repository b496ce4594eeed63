import type { ICluster } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster";
import { primaryOf } from "../topologies/index.ts";
import type { Topology } from "../topologies/types.ts";
import { bytes, hours, kubernetesSize } from "../topologies/units.ts";
import type { Bytes, Seconds } from "../topologies/units.ts";
import type { ClusterShape } from "./cluster-shape.ts";
import { APP_USER, POSTGRES_APP_SECRET, POSTGRES_PORT } from "./connections.ts";
import { hasOtherSites } from "./context.ts";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import { labels, namespaces, postgresName } from "./names.ts";
import { apartOnServers } from "./pods.ts";
import { ports } from "./ports.ts";
import { EVICT_QUICKLY, bytesWritten } from "./store-pods.ts";

type ModelSpec = ICluster["spec"];
type ModelPostgresql = NonNullable<ModelSpec["postgresql"]>;

interface Probe {
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** The spec as CloudNativePG 1.27 and later have it; the models are of 1.24, and lack these fields. */
export interface ClusterSpec extends Omit<ModelSpec, "postgresql" | "plugins"> {
  readonly postgresql: Omit<ModelPostgresql, "synchronous"> & { readonly synchronous?: Synchronous };
  readonly plugins: readonly { name: string; isWALArchiver: boolean; parameters: Record<string, string> }[];
  readonly probes: {
    readonly startup: Probe;
    readonly readiness: Probe;
    readonly liveness: Probe & {
      readonly isolationCheck: { enabled: boolean; requestTimeout: number; connectionTimeout: number };
    };
  };
}

export interface Synchronous {
  readonly method: "any";
  readonly number: number;
  readonly dataDurability: "required" | "preferred";
}

/** Secrets that this component makes and the operator reads, in namespace `platform`. */
export const POSTGRES_SECRETS = {
  ca: "postgres-ca",
  server: "postgres-server",
  replication: "postgres-replication",
  app: POSTGRES_APP_SECRET,
} as const;

/** Marked for the operator, whose instances then take over a changed Secret without a restart (CloudNativePG 1.27). */
export function secretMetadata(name: string) {
  return { name, namespace: namespaces.platform, labels: { ...labels("postgres"), "cnpg.io/reload": "" } };
}

/** The name that CloudNativePG's own rules of access give to the user that streams (1.27). */
export const REPLICATION_USER = "streaming_replica";
export const BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";

const MEMORY = bytes(2 ** 30);

/**
 * How many instances the site runs. A site keeps the number that its first role gave it when it is demoted: taking
 * instances away deletes their volumes, at the very moment when the new primary is still unproven, and the way back
 * would start with one copy only.
 */
export function instancesOf(context: SiteContext): number {
  const { maxInstances } = context.topology.postgres;
  const first = context.topology.sites.find(({ name }) => name === context.site)?.role ?? context.role;
  const wanted = Math.max(maxInstances[first], maxInstances[context.role]);
  return Math.min(wanted, context.cluster.nodes);
}

/**
 * With three instances a commit waits for one of two standbys, whatever happens (`required`): one instance may be lost
 * without stopping writes, and no acknowledged row with it. With two, `required` would stop all writes when the one
 * standby is gone, so the wait is given up until it is back (`preferred`): the loss of the second machine in that time
 * loses rows. One instance has nobody to wait for.
 */
export function synchronousOf(instances: number): Synchronous | undefined {
  if (instances >= 3) return { method: "any", number: 1, dataDurability: "required" };
  if (instances === 2) return { method: "any", number: 1, dataDurability: "preferred" };
  return undefined;
}

/**
 * Where the data comes from when the cluster is made; never read again. It follows from the topology, not from the
 * site that is active now: a switchover must not touch it.
 *
 * @param rebuiltFrom site to clone from, once this one was lost
 */
export function bootstrapOf(
  topology: Topology,
  site: string,
  rebuiltFrom?: string,
): NonNullable<ModelSpec["bootstrap"]> {
  const home = primaryOf(topology);
  const application = { database: topology.postgres.database, owner: APP_USER, secret: { name: POSTGRES_SECRETS.app } };
  if (site === home && rebuiltFrom === undefined)
    return { initdb: { ...application, dataChecksums: true, walSegmentSize: WAL_SEGMENT / 2 ** 20 } };
  return { pg_basebackup: { ...application, source: postgresName(rebuiltFrom ?? home) } };
}

/** The active site names another one as its source, which the operator demands and follows only once it is demoted. */
export function replicaOf({ topology, site, active }: SiteContext): NonNullable<ModelSpec["replica"]> {
  const other = topology.sites.find(({ name }) => name !== site)?.name ?? site;
  return {
    self: postgresName(site),
    primary: postgresName(active),
    source: postgresName(site === active ? other : active),
  };
}

/** How long a standby site may be cut off before it must be cloned anew, if the volume is large enough. */
const LINK_ABSENCE = hours(24);
/**
 * A segment is closed at every archive time-out, and is sent, archived and kept in full: what is written next waits behind it on
 * the line. With PostgreSQL's default of 16 MiB (17) a drill's standby was up to 20 s old once a minute, with 4 MiB up to 2 s.
 * With less the archive's program, which takes up to a second of a processor, would start every few seconds at peak.
 */
const WAL_SEGMENT = bytes(4 * 2 ** 20);
/** Full-page images and indexes: a write adds several times its size to the log. Assumed; measure with pg_wal's growth. */
const WAL_AMPLIFICATION = 4;

/**
 * Log that is kept for a standby site that is cut off: enough for {@link LINK_ABSENCE}, but never more than a quarter of
 * the volume, so that it can't fill it.
 */
export function walKept({ topology, platform }: SiteContext): { readonly size: Bytes; readonly lasts: Seconds } {
  const { archiveTimeout, storage } = topology.postgres;
  const perSecond = Math.max(bytesWritten(platform.workload) * WAL_AMPLIFICATION, WAL_SEGMENT / archiveTimeout);
  const size = Math.min(perSecond * LINK_ABSENCE, storage / 4);
  return { size: bytes(Math.floor(size)), lasts: hours(size / perSecond / 3600) };
}

export function clusterSpec(context: SiteContext, rebuiltFrom?: string): ClusterSpec {
  const { topology, site, platform, cluster } = context;
  const name = postgresName(site);
  const instances = instancesOf(context);
  const synchronous = synchronousOf(instances);
  return {
    description: `PostgreSQL of ${topology.title}, at ${site}`,
    imageName: imageOf(platform, "postgres"),
    instances,
    bootstrap: bootstrapOf(topology, site, rebuiltFrom),
    // A site without another one is no part of a distributed topology: nothing to stream from, nobody to be demoted for.
    ...(hasOtherSites(context)
      ? {
          replica: replicaOf(context),
          externalClusters: topology.sites.map((each) => externalCluster(each.name)),
        }
      : {}),
    certificates: {
      serverCASecret: POSTGRES_SECRETS.ca,
      serverTLSSecret: POSTGRES_SECRETS.server,
      clientCASecret: POSTGRES_SECRETS.ca,
      replicationTLSSecret: POSTGRES_SECRETS.replication,
    },
    postgresql: { parameters: parametersOf(context, synchronous), ...(synchronous ? { synchronous } : {}) },
    enableSuperuserAccess: false,
    storage: { size: kubernetesSize(topology.postgres.storage), storageClass: cluster.storageClass },
    // Guaranteed memory: an instance that is killed for what its neighbours use is a failover for nothing.
    resources: {
      requests: { cpu: "250m", memory: kubernetesSize(MEMORY) },
      limits: { memory: kubernetesSize(MEMORY) },
    },
    affinity: {
      enablePodAntiAffinity: true,
      topologyKey: cluster.spreadOver.topologyKey,
      // With fewer servers, or zones, than instances `required` would leave one pending for ever.
      podAntiAffinityType: cluster.spreadOver.domains >= instances ? "required" : "preferred",
      ...withinDomains(cluster, instances, { "cnpg.io/cluster": name }),
      tolerations: EVICT_QUICKLY.map((toleration) => ({ ...toleration })),
    },
    ...timing(context),
    enablePDB: true,
    primaryUpdateStrategy: "unsupervised",
    primaryUpdateMethod: "switchover",
    inheritedMetadata: {
      labels: labels("postgres", name),
      annotations: {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": String(ports.postgres.metrics),
        "prometheus.io/path": "/metrics",
      },
    },
    // Every site archives to its own store: a designated primary runs with archive_mode=always (CloudNativePG 1.27,
    // pkg/postgres/configuration.go), so a promoted site has base backups and an unbroken archive from its first minute.
    plugins: [{ name: BARMAN_PLUGIN, isWALArchiver: true, parameters: { barmanObjectName: name } }],
  };
}

/** Two instances that share a zone for want of a third are still to have a server each. */
function withinDomains(cluster: ClusterShape, instances: number, matchLabels: Record<string, string>) {
  const terms = apartOnServers(cluster, instances, matchLabels);
  return terms.length > 0
    ? { additionalPodAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [...terms] } }
    : {};
}

/**
 * Settings that a failover's length depends on, in seconds. Stopping: a smart shutdown waits for clients that never
 * leave (180 s by default), so it is given up after `smartShutdownTimeout` and followed by a fast one, which `stopDelay`
 * bounds; a planned switchover inside the site may take as long.
 */
function timing({ topology }: SiteContext) {
  return {
    smartShutdownTimeout: topology.postgres.smartShutdownTimeout,
    stopDelay: 30,
    switchoverDelay: 30,
    failoverDelay: 0,
    startDelay: 3600,
    probes: {
      // An hour, as startDelay: recovery after a crash must not be cut short by a restart.
      startup: { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 1800 },
      readiness: { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
      liveness: {
        periodSeconds: 3,
        timeoutSeconds: 3,
        failureThreshold: 3,
        // A primary that sees neither the API server nor the other instances stops, before another one is promoted.
        // Both waits, in milliseconds, fit into the probe's time-out with the 500 ms that the API server gets.
        isolationCheck: { enabled: true, requestTimeout: 1000, connectionTimeout: 1000 },
      },
    },
  };
}

function parametersOf(context: SiteContext, synchronous: Synchronous | undefined): Record<string, string> {
  const { archiveTimeout, walReceiverTimeout } = context.topology.postgres;
  const kept = `${Math.floor(walKept(context).size / 2 ** 20)}MB`;
  return {
    archive_timeout: `${archiveTimeout}s`,
    // For as long after a start nobody asks whether archive_timeout is over (PostgreSQL 17): 5 minutes of rows, by default.
    checkpoint_timeout: `${archiveTimeout}s`,
    wal_receiver_timeout: `${walReceiverTimeout}s`,
    wal_sender_timeout: `${walReceiverTimeout}s`,
    // After a failover every commit waits until a standby has found the new primary; PostgreSQL's own 5 s would be part of it.
    ...(synchronous?.dataDurability === "required" ? { wal_retrieve_retry_interval: "1s" } : {}),
    wal_keep_size: kept,
    // A slot of an instance that never comes back gives up its hold there, before the volume is full.
    max_slot_wal_keep_size: kept,
    // A client that vanished frees its connection after 5 + 3 × 1 s instead of the kernel's two hours.
    tcp_keepalives_idle: "5",
    tcp_keepalives_interval: "1",
    tcp_keepalives_count: "3",
    max_connections: "200",
    shared_buffers: `${MEMORY / 4 / 2 ** 20}MB`,
  };
}

/**
 * Every site is listed at every site, itself too: the operator looks up `self`, `primary` and `source` here. The host is
 * our Service, of the same name everywhere; `verify-ca`, because the certificate's issuer is what makes a site trusted.
 */
function externalCluster(site: string): NonNullable<ModelSpec["externalClusters"]>[number] {
  return {
    name: postgresName(site),
    connectionParameters: {
      host: postgresName(site),
      port: String(POSTGRES_PORT),
      user: REPLICATION_USER,
      dbname: "postgres",
      sslmode: "verify-ca",
    },
    sslKey: { name: POSTGRES_SECRETS.replication, key: "tls.key" },
    sslCert: { name: POSTGRES_SECRETS.replication, key: "tls.crt" },
    sslRootCert: { name: POSTGRES_SECRETS.ca, key: "ca.crt" },
  };
}

/** Names under which clients and the other sites reach the cluster: our Service and the operator's three. */
export function serverNames(site: string): readonly string[] {
  const cluster = postgresName(site);
  return ["", "-rw", "-r", "-ro"].flatMap((suffix) =>
    ["", `.${namespaces.platform}`, `.${namespaces.platform}.svc`, `.${namespaces.platform}.svc.cluster.local`].map(
      (domain) => `${cluster}${suffix}${domain}`,
    ),
  );
}

/** The operator's schedules have a field for seconds before cron's five (robfig/cron, CloudNativePG 1.27). */
export const withSeconds = (cron: string): string => `0 ${cron}`;
