import type {
  Backup,
  Link,
  MongoMember,
  MongoReplicaSet,
  PostgresCluster,
  Service,
  Site,
  StoreClient,
  System,
} from "../../resilience/system.ts";
import type { Level } from "../../topologies/levels.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { fact, restart, urn } from "./fixture-facts.ts";
import { nameServer, proxy } from "./fixture-traffic.ts";

export const DAY = 86_400;
export const WEEK = 7 * DAY;

function site(name: string, arrays: readonly (readonly [string, Level, number])[], uplink: number): Site {
  const of = urn(name, "holdfast:platform:Zone", "zone");
  const server = `${name}-1`;
  return {
    name,
    urn: of,
    stack: name,
    platform: fact("existing", of, "platform"),
    servers: [
      {
        name: server,
        cores: fact(16, of),
        memory: fact(64 * 2 ** 30, of),
        arrays: arrays.map(([array, level, disks]) => ({
          name: array,
          server,
          level: fact(level, of, "servers[0].arrays"),
          disks: fact(disks, of, "servers[0].arrays"),
        })),
        // A disk of its own, which no fault of the tests names.
        systemArray: fact("system", of, "servers[0].arrays"),
        controlPlane: fact(true, of, "servers[0].controlPlane"),
      },
    ],
    uplink: fact(uplink, of, "uplink"),
    publicAddresses: fact([name === "aachen" ? "192.0.2.10" : "198.51.100.20"], of),
    enforcesNetworkPolicies: fact(true, of, "networkPoliciesEnforced"),
    storageClasses: [{ name: "local", array: fact("data", of, "servers[0].arrays[0].storageClasses") }],
    nodeEviction: fact(350, of),
    controlPlane: fact("own", of, "controlPlane"),
  };
}

function link(from: string, to: string): Link {
  return {
    from,
    to,
    urn: urn(from, "kubernetes:apps/v1:Deployment", "overlay-gateway"),
    encrypted: fact(true),
    gateways: fact(1),
    carries: [
      { service: `proxy-${to}`, urn: urn(from, "kubernetes:core/v1:Service", `overlay-proxy-${to}`) },
      { service: `pg-${to}`, urn: urn(from, "kubernetes:core/v1:Service", `overlay-pg-${to}`) },
    ],
    keepalive: fact(5),
    restart,
  };
}

function postgres(name: string, of: string): PostgresCluster {
  const standby = name === "titan";
  return {
    site: name,
    name: `pg-${name}`,
    urn: of,
    instances: fact(1, of, "spec.instances"),
    replica: fact(standby, of, "spec.replica.primary"),
    primary: fact("pg-aachen", of, "spec.replica.primary"),
    sourceHosts: fact(standby ? ["pg-aachen"] : [], of),
    sourceSite: fact(standby ? "aachen" : undefined, of),
    synchronous: fact(0, of, "spec.postgresql.synchronous"),
    dataDurability: fact("required", of),
    storageClass: fact("local", of, "spec.storage.storageClass"),
    antiAffinity: fact("required", of),
    failoverDelay: fact(0, of),
    switchoverDelay: fact(30, of),
    stopDelay: fact(30, of),
    smartShutdownTimeout: fact(1, of),
    livenessTimeout: fact(30, of),
    walReceiverTimeout: fact(5, of, "spec.postgresql.parameters.wal_receiver_timeout"),
    walRetrieveRetry: fact(5, of, "spec.postgresql.parameters.wal_retrieve_retry_interval"),
    archive: fact(standby ? undefined : "pg-aachen", of),
    archiveTimeout: fact(60, of, "spec.postgresql.parameters.archive_timeout"),
    checkpointTimeout: fact(60, of, "spec.postgresql.parameters.checkpoint_timeout"),
    storage: fact(20 * 2 ** 30, of, "spec.storage.size"),
  };
}

function member(site: string, name: string, settings: Partial<MongoMember> = {}): MongoMember {
  return {
    name,
    site,
    urn: urn(site, "kubernetes:apps/v1:StatefulSet", name),
    arbiter: false,
    priority: 1,
    votes: 1,
    storageClass: fact("local"),
    restart,
    ...settings,
  };
}

function mongo(): MongoReplicaSet {
  return {
    name: "mongo",
    urn: urn("aachen", "kubernetes:core/v1:ConfigMap", "mongo-config"),
    members: [
      member("aachen", "mongo-aachen-0"),
      member("aachen", "mongo-aachen-arbiter", { arbiter: true }),
      member("titan", "mongo-titan-0", { priority: 0 }),
    ],
    electionTimeout: fact(2),
    heartbeatTimeout: fact(2),
  };
}

export function client(kind: "postgres" | "mongo", at: string): StoreClient {
  return {
    kind,
    store: fact(kind === "mongo" ? "mongo" : `pg-${at}`),
    hosts: fact(kind === "mongo" ? ["mongo-aachen-0", "mongo-titan-0"] : [`pg-${at}`]),
    readPreference: fact(kind === "mongo" ? "nearest" : ""),
    writeConcern: fact(kind === "mongo" ? "1" : ""),
    journal: fact(true),
    connectTimeout: fact(2),
    heartbeatFrequency: fact(2),
    verifiesServer: fact(false),
  };
}

function service(name: string, at: string, store: "postgres" | "mongo" | undefined): Service {
  const of = urn(at, "kubernetes:apps/v1:Deployment", `service-${name}`);
  return {
    name,
    site: at,
    urn: of,
    replicas: fact(2, of, "spec.replicas"),
    image: fact(`example/${name}:1`, of),
    store: store && client(store, at),
    restart,
    volumes: [],
    spread: fact("preferred", of),
    cpuRequest: fact(0.1, of),
    memoryRequest: fact(2 ** 28, of),
    capacity: fact(3000, of, "requestsPerSecond"),
    hasDisruptionBudget: true,
    watchesStore: fact(false, of),
    unready: fact(17, of, "readinessProbe"),
    readyAgain: fact(2, of, "readinessProbe"),
    session: name === "core" ? fact(3600, of) : undefined,
    ...(name === "core" ? { signInPath: fact("/core/login", of) } : {}),
  };
}

export function backup(at: string, name: string, settings: Omit<Backup, "site" | "urn">): Backup {
  return { site: at, urn: urn(at, "kubernetes:batch/v1:CronJob", name), ...settings };
}

function store(at: string, array: string): System["backupStores"][number] {
  const of = urn(at, "holdfast:platform:Zone", "zone");
  return {
    name: `backup-${at}`,
    site: at,
    urn: of,
    array: fact({ server: `${at}-1`, array }, of, "backupStore"),
    lockedFor: fact(35 * DAY, of, "backupStore.lockedFor"),
    clusterCanDelete: fact(false, of, "backupStore.clusterCanDelete"),
    retention: fact(35 * DAY, of, "backupStore.retention"),
  };
}

/** S1 as the topology declares it: one server per site, RAID-6 and a disk for backups in Aachen, RAID-1 on Titan. */
export function s1(): System {
  return {
    sites: [
      site(
        "aachen",
        [
          ["data", "raid6", 6],
          ["backup", "single", 1],
        ],
        1e9,
      ),
      site("titan", [["data", "raid1", 2]], 1e9),
    ],
    links: [link("aachen", "titan"), link("titan", "aachen")],
    postgres: ["aachen", "titan"].map((name) =>
      postgres(name, urn(name, "kubernetes:postgresql.cnpg.io/v1:Cluster", "postgres")),
    ),
    mongo: [mongo()],
    services: ["aachen", "titan"].flatMap((at) => [
      service("core", at, "postgres"),
      service("alastair", at, "mongo"),
      service("frontend", at, undefined),
    ]),
    proxies: [proxy("aachen"), proxy("titan")],
    nameServers: [nameServer("aachen"), nameServer("titan")],
    volumes: [],
    backups: [
      backup("aachen", "pg-archive", {
        kind: "archive",
        subject: fact("pg-aachen"),
        from: fact("aachen"),
        to: fact("backup-aachen"),
        interval: fact(60),
      }),
      backup("aachen", "pg-base", {
        kind: "base",
        subject: fact("pg-aachen"),
        from: fact("aachen"),
        to: fact("backup-aachen"),
        interval: fact(DAY),
      }),
      backup("aachen", "mongo-oplog", {
        kind: "archive",
        subject: fact("mongo"),
        from: fact("aachen"),
        to: fact("backup-aachen"),
        interval: fact(60),
      }),
      backup("aachen", "mongo-base", {
        kind: "base",
        subject: fact("mongo"),
        from: fact("aachen"),
        to: fact("backup-aachen"),
        interval: fact(DAY),
      }),
      backup("titan", "copy-aachen", {
        kind: "copy",
        subject: fact("backup-aachen"),
        from: fact("backup-aachen"),
        to: fact("backup-titan"),
        interval: fact(WEEK),
      }),
    ],
    backupStores: [store("aachen", "backup"), store("titan", "data")],
    certificates: ["aachen", "titan"].flatMap((at) => [
      {
        name: `pg-${at}`,
        site: at,
        urn: urn(at, "tls:index:LocallySignedCert", "postgres"),
        purpose: "postgres" as const,
        validity: fact(365 * DAY),
        renewBefore: fact(30 * DAY),
        renewedBy: "pulumi up" as const,
        dependsOn: [],
      },
      {
        name: `public-${at}`,
        site: at,
        urn: urn(at, "kubernetes:cert-manager.io/v1:Certificate", "proxy"),
        purpose: "public" as const,
        validity: fact(90 * DAY),
        renewBefore: fact(30 * DAY),
        renewedBy: "cert-manager" as const,
        dependsOn: ["aachen", "titan"],
      },
    ]),
    isolation: ["aachen", "titan"].map((at) => ({
      site: at,
      namespace: "overlay",
      urn: urn(at, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "overlay"),
      defaultDeny: true,
      admits: ["proxy", "postgres", "mongo"],
    })),
    workload: fact({
      users: 2500,
      requestsPerUserMinute: 100,
      writesPerUserMinute: 1,
      firstPageBytes: 2e6,
      laterRequestBytes: 3000,
      firstLoadsPerMinute: 0,
      bytesPerWrite: 4096,
      source: "requirements R1-R3",
    }),
    promises: fact(masterSlave.promises),
    unread: [],
  };
}
