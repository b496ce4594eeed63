/**
 * Times and sizes that no declared resource carries because the program that obeys them builds them in. Each has its
 * source. A measurement is one of them only where it was published with its conditions before, as a bound of a start that
 * nothing declares; all other measurements hold the model against reality, in the tests.
 */
export interface Constant {
  /** Seconds, bytes or a plain factor, as `unit` says. */
  readonly value: number;
  readonly unit: "s" | "B" | "1";
  /** Program, version, and where it is written. */
  readonly source: string;
}

function constant(value: number, unit: Constant["unit"], source: string): Constant {
  return Object.freeze({ value, unit, source });
}

/** The kubelet lists the containers of its node once per second, and only then sees that one has ended. */
export const KUBELET_RELIST = constant(1, "s", "Kubernetes 1.33 kubelet, generic PLEG relist period");
/** A database's start with crash recovery; a long log since the last checkpoint takes longer, which is said. */
export const POSTGRES_START = constant(
  10.4,
  "s",
  "PostgreSQL 15 under CloudNativePG 1.27, kill -9 until the next acknowledged write, small database on 2 cores",
);
export const MONGO_START = constant(
  3.7,
  "s",
  "MongoDB 6.0.5, three members, kill -9 and start until writable again, small database on 2 cores",
);
/** A container that ends again within ten minutes waits; the first end is answered at once. */
export const RESTART_BACKOFF = constant(
  10,
  "s",
  "Kubernetes 1.33 kubelet, first restart back-off; doubles up to 300 s",
);
/** kube-proxy writes changed endpoints into the node's tables at most this much later. */
export const ENDPOINT_SYNC = constant(1, "s", "Kubernetes 1.33 kube-proxy, iptables.minSyncPeriod");
/** A node that does not report for so long is NotReady. */
export const NODE_MONITOR_GRACE = constant(
  50,
  "s",
  "Kubernetes 1.32+ kube-controller-manager, --node-monitor-grace-period",
);
/** What it was before. */
export const NODE_MONITOR_GRACE_BEFORE = constant(
  40,
  "s",
  "Kubernetes up to 1.31 kube-controller-manager, --node-monitor-grace-period",
);
/**
 * The controller looks at its nodes so often: it sees a node's last sign of life up to one look late, counts from there,
 * and finds the time over up to one look late again.
 */
export const NODE_MONITOR_PERIOD = constant(
  5,
  "s",
  "Kubernetes 1.36 kube-controller-manager, --node-monitor-period; pkg/controller/nodelifecycle tryUpdateNodeHealth",
);
/** Of several controller managers one works; the next one takes over when its lease has run out, and begins to count anew. */
export const CONTROLLER_LEASE = constant(
  15,
  "s",
  "Kubernetes 1.36 kube-controller-manager, --leader-elect-lease-duration",
);
export const CONTROLLER_RETRY = constant(
  2,
  "s",
  "Kubernetes 1.36 kube-controller-manager, --leader-elect-retry-period",
);
/**
 * A node of AKS that stopped answering is rebooted, then imaged anew, then moved to another machine, up to three times
 * over. It is found within ten minutes, left alone for five, and the whole can take an hour; Microsoft does its best and
 * promises nothing. Whether the ten minutes and the five overlap is not said: they are added.
 */
export const AKS_NODE_FOUND = constant(
  600,
  "s",
  "Microsoft Learn, AKS node auto-repair (1 July 2026): a node that reports nothing within 10 minutes",
);
export const AKS_NODE_UNHEALTHY = constant(
  300,
  "s",
  "Microsoft Learn, AKS node auto-repair (1 July 2026): unhealthy for at least 5 minutes",
);
export const AKS_NODE_REPAIR = constant(
  3600,
  "s",
  "Microsoft Learn, AKS node auto-repair (1 July 2026): reboot, reimage, redeploy, up to an hour, best effort",
);

export const CNPG_STARTUP_PERIOD = constant(10, "s", "CloudNativePG 1.27, pkg/specs/pods.go StartupProbePeriod");
export const CNPG_READINESS_PERIOD = constant(10, "s", "CloudNativePG 1.27, pkg/specs/pods.go ReadinessProbePeriod");
/** Readiness fails after three probes, as Kubernetes fills in. */
export const CNPG_READINESS_FAILURES = constant(3, "1", "Kubernetes 1.33, core/v1 Probe.failureThreshold");
export const CNPG_PROBE_TIMEOUT = constant(
  5,
  "s",
  "CloudNativePG 1.27, docs/src/instance_manager.md, timeoutSeconds of its probes",
);
/** The operator looks at a cluster that is failing over again after this, at the latest. */
export const CNPG_REQUEUE = constant(
  10,
  "s",
  "CloudNativePG 1.27, internal/controller/cluster_controller.go RequeueAfter",
);
/** How long the operator waits for an instance that archives its last, partial log file; then it asks again. */
export const CNPG_ARCHIVE_REQUEST = constant(
  30,
  "s",
  "CloudNativePG 1.27, webserver/client/remote/instance.go defaultRequestTimeout of ArchivePartialWAL",
);
/** Processor time of one look into the archive that finds nothing: most of it is the program's start. */
export const ARCHIVE_LOOK = constant(
  0.9,
  "s",
  "barman-cli-cloud 3.4.0 on Python 3.11, barman-cloud-wal-restore of a file that is not there: user and system time, the longest of 6 alone on 2 cores",
);
/** WAL that a primary keeps for standbys without a slot. */
export const CNPG_WAL_KEEP = constant(
  512 * 2 ** 20,
  "B",
  "CloudNativePG 1.27, pkg/postgres/configuration.go wal_keep_size",
);
export const WAL_SEGMENT = constant(16 * 2 ** 20, "B", "PostgreSQL 15-18, default segment size (initdb --wal-segsize)");
/** A connection attempt that started during a cut sends its last SYN after 67 s and gives up after 131 s. */
export const TCP_SYN_GAP = constant(
  64,
  "s",
  "Linux 6.5+, Documentation/networking/ip-sysctl.rst, tcp_syn_retries 6: 131 s - 67 s",
);

/** A sender whose data is not acknowledged stops after this, and sends nothing new: on a line that answers within 0.8 s. */
export const TCP_RETRANSMISSION = constant(
  1,
  "s",
  "RFC 6298, 2.4, least retransmission time-out (Linux waits for 0.2 s and the line)",
);

/** An initiator whose handshake is not answered sends another one after this. */
export const WIREGUARD_REKEY_TIMEOUT = constant(5, "s", "WireGuard white paper, section 6.1, REKEY_TIMEOUT");

/** Members add up to this share of the election time-out, at random. */
export const MONGO_ELECTION_OFFSET = constant(0.15, "1", "MongoDB 6.0, replElectionTimeoutOffsetLimitFraction");
/** Both rounds of votes: the manual allows an election with a time-out of 10 s, offset included 11.5 s, 12 s in all. */
export const MONGO_VOTE = constant(
  0.5,
  "s",
  "MongoDB 8.0 manual, replica set elections: 12 s with default settings, of which 11.5 s are time-out and offset",
);
export const MONGO_HEARTBEAT_INTERVAL = constant(
  2,
  "s",
  "MongoDB 6.0 manual, replica set heartbeats every two seconds",
);
/** A driver that waits for a primary asks the members again no sooner than this. */
export const MONGO_DRIVER_MIN_HEARTBEAT = constant(0.5, "s", "MongoDB drivers' specification, minHeartbeatFrequencyMS");
export const MONGO_DRIVER_HEARTBEAT = constant(
  10,
  "s",
  "MongoDB drivers' specification, heartbeatFrequencyMS of multi-threaded drivers",
);
/**
 * Drivers differ, and nothing declares which one a service uses: the longest default counts. A monitor gives a silent
 * member this much on top of the heartbeat's own wait.
 */
export const MONGO_DRIVER_CONNECT = constant(
  30,
  "s",
  "MongoDB Node.js driver 7.8.0, connection_string.ts connectTimeoutMS 30000, added to maxAwaitTimeMS in sdam/monitor.ts",
);

/** A resolver that gets no answer from one name server asks the next one after this. */
export const RESOLVER_RETRY = constant(0.8, "s", "BIND 9.18 reference manual, resolver-retry-interval 800 ms");

/** Headers of TCP/IP (40 B), WireGuard (60 B) and PostgreSQL's stream on a packet that carries 1,280 B of changes. */
export const REPLICATION_OVERHEAD = constant(
  1.1,
  "1",
  "computed: (1280 + 40 + 60 + 25) / 1280, MTU 1380 of the overlay",
);
/** Writes that are acknowledged without the journal lie in memory for so long. */
export const MONGO_JOURNAL_INTERVAL = constant(0.1, "s", "MongoDB 6.0 manual, storage.journal.commitIntervalMs 100");
