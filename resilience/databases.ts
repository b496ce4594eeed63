import type { Fact } from "./fact.ts";
import type { SpreadDomain } from "./site.ts";

/** How a container is noticed to be dead or hung, and restarted. */
export interface Restart {
  /** livenessProbe.periodSeconds × failureThreshold + timeoutSeconds; unknown without a probe. */
  readonly hangDetection: Fact<number>;
  /** What the probes' delays and periods add to the process's own start (which nothing declares) until it is ready. */
  readonly readiness: Fact<number>;
  /**
   * Longest time that the process's own start may take: the startup probe's period × failureThreshold, else what the
   * liveness probe leaves it; after that the kubelet starts it anew. Absent: nothing declared bounds it.
   */
  readonly start?: Fact<number>;
  /** terminationGracePeriodSeconds. */
  readonly grace: Fact<number>;
  /** The same after a failed liveness probe, where that has its own; absent: `grace`. */
  readonly hangGrace?: Fact<number>;
  /** tolerationSeconds of `node.kubernetes.io/unreachable`: how long its pods stay on a node that stopped answering. */
  readonly toleration?: Fact<number>;
}

export interface PostgresCluster {
  readonly site: string;
  readonly name: string;
  readonly urn: string;
  readonly instances: Fact<number>;
  /** Does it follow another cluster (no writes)? `spec.replica.enabled`, else `self` ≠ `primary`. */
  readonly replica: Fact<boolean>;
  /** The cluster named as the primary of the distributed topology, if any. */
  readonly primary: Fact<string | undefined>;
  /** Host names of the source it streams from; empty for a primary. */
  readonly sourceHosts: Fact<readonly string[]>;
  /** Site whose cluster those hosts lead to (resolved through Services), or undefined. */
  readonly sourceSite: Fact<string | undefined>;
  /** Synchronous standbys inside the cluster; 0 is asynchronous. */
  readonly synchronous: Fact<number>;
  readonly dataDurability: Fact<"required" | "preferred">;
  readonly storageClass: Fact<string>;
  /** `required` anti-affinity spreads instances over nodes or zones. */
  readonly antiAffinity: Fact<"required" | "preferred" | "none">;
  /** What the anti-affinity spreads over; absent: nodes. */
  readonly spreadOver?: Fact<SpreadDomain>;
  /** Settings of failover, seconds. */
  readonly failoverDelay: Fact<number>;
  readonly switchoverDelay: Fact<number>;
  readonly stopDelay: Fact<number>;
  readonly smartShutdownTimeout: Fact<number>;
  readonly livenessTimeout: Fact<number>;
  /** wal_receiver_timeout / wal_sender_timeout, seconds. */
  readonly walReceiverTimeout: Fact<number>;
  /** wal_retrieve_retry_interval, seconds: how long a standby without its source waits before it looks again. */
  readonly walRetrieveRetry: Fact<number>;
  /** Object store it archives WAL to, by name of its ObjectStore resource; undefined: no archive. */
  readonly archive: Fact<string | undefined>;
  /** archive_timeout, seconds: how long a segment of log takes rows before it is archived, full or not. */
  readonly archiveTimeout: Fact<number>;
  /** Size of a segment of log, bytes; absent where it was cloned, and has its source's. */
  readonly walSegment?: Fact<number>;
  /** checkpoint_timeout, seconds: after a start it is looked for the first time only then, whether archive_timeout is over. */
  readonly checkpointTimeout: Fact<number>;
  /**
   * What asks the archive for log: processors that it has for itself whatever else runs there, and files that it asks for at
   * once. Absent: no archive.
   */
  readonly archiveAccess?: { readonly share: Fact<number>; readonly parallel: Fact<number> };
  /** wal_keep_size, bytes: log that is kept for standbys which are away. */
  readonly walKeepSize?: Fact<number>;
  /** Size of the volume that holds the data and the write-ahead log, bytes. */
  readonly storage?: Fact<number>;
  /** Its own probes, where `spec.probes` gives them; otherwise the operator's defaults hold. */
  readonly restart?: Restart;
  /**
   * The liveness probe that asks PostgreSQL itself, where a patch of the pods puts one in the place of the operator's, which
   * asks the instance manager alone; absent: a server that hangs is not restarted.
   */
  readonly hangProbe?: HangProbe;
}

export interface HangProbe {
  /** periodSeconds × failureThreshold + timeoutSeconds. */
  readonly detection: Fact<number>;
  /** Seconds between the order to stop and the kill. */
  readonly grace: Fact<number>;
}

export interface MongoMember {
  readonly name: string;
  /** Empty when nothing that was read runs it. */
  readonly site: string;
  /** The StatefulSet that runs it; undefined when the configuration names a host that nothing declared runs. */
  readonly urn: string | undefined;
  readonly arbiter: boolean;
  readonly priority: number;
  readonly votes: number;
  /** Drivers never read from it. */
  readonly hidden?: boolean;
  /** `secondaryDelaySecs`: it applies writes that much later, on purpose. */
  readonly delay?: number;
  /** What its pod must be apart from the set's other members of its site over; `none`: nothing keeps them apart. Absent: not read. */
  readonly apart?: Fact<SpreadDomain | "none">;
  readonly storageClass: Fact<string>;
  /** The server that has its volume, where that was looked up; absent: any of the site's. */
  readonly server?: Fact<string>;
  readonly restart: Restart;
  /** Its Service leads to it before it is ready (`publishNotReadyAddresses`): it takes part as soon as it runs. */
  readonly foundUnready?: boolean;
}

export interface MongoReplicaSet {
  readonly name: string;
  /** The resource that holds the configuration. */
  readonly urn: string;
  readonly members: readonly MongoMember[];
  /** electionTimeoutMillis / 1000. */
  readonly electionTimeout: Fact<number>;
  readonly heartbeatTimeout: Fact<number>;
}

/** A client's settings towards its store, read from the plain parts of its connection settings. */
export interface StoreClient {
  readonly kind: "postgres" | "mongo";
  /** Cluster or replica set that it reaches. */
  readonly store: Fact<string>;
  readonly hosts: Fact<readonly string[]>;
  /** MongoDB's read preference. */
  readonly readPreference: Fact<string>;
  /** MongoDB's `w`: a number or `majority`. */
  readonly writeConcern: Fact<string>;
  readonly journal: Fact<boolean>;
  /** `connectTimeoutMS` / 1000, where the options name it; otherwise the driver's default holds. */
  readonly connectTimeout?: Fact<number>;
  /** `heartbeatFrequencyMS` / 1000, where the options name it; otherwise the driver's default holds. */
  readonly heartbeatFrequency?: Fact<number>;
  /** Does the client refuse a server whose certificate is not valid (`PGSSLMODE=verify-ca|verify-full`, MongoDB with TLS)? */
  readonly verifiesServer?: Fact<boolean>;
}
