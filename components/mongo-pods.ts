import type { types } from "@pulumi/kubernetes";
import { kubernetesSize, gib } from "../topologies/units.ts";
import { MONGO_BACKUP_SECRET, MONGO_BACKUP_USER, MONGO_PORT } from "./connections.ts";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import { helloCommand, membersAt, oplogOf } from "./mongo-replica-set-plan.ts";
import type { LocalMember } from "./mongo-replica-set-plan.ts";
import { MONGO_REPLICA_SET, labels } from "./names.ts";
import { apartOnServers } from "./pods.ts";
import { ports } from "./ports.ts";
import { EVICT_QUICKLY, RESTRICTED_CONTAINER } from "./store-pods.ts";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;
type StatefulSetSpec = types.input.apps.v1.StatefulSetSpec;

export const MONGO_OBJECTS = { config: "mongo-config", keyfile: "mongo-keyfile", apply: "mongo-apply" } as const;

/** Marks the pods of members, which keep apart from each other; the short-lived ones of `mongo-apply` may lie anywhere. */
export const MEMBER = { "holdfast/mongo": "member" } as const;

/** `mongodb` in MongoDB's image (7.0). */
const MONGOD_USER = 999;
/** Cache of a data member, in GB; mongod alone would take half of the node's memory, not of its own limit's. */
const CACHE_GB = 0.5;
const ARBITER_STORAGE = gib(1);

export const tmp = { name: "tmp", mountPath: "/tmp" };
export const keyfileSecret = { name: "keyfile", secret: { secretName: MONGO_OBJECTS.keyfile, defaultMode: 0o440 } };

/** The StatefulSet of one member: one pod, one volume, which outlives the StatefulSet. */
export function memberSpec(context: SiteContext, member: LocalMember): StatefulSetSpec {
  const local = labels("mongo", member.name);
  const size = member.arbiter ? ARBITER_STORAGE : context.topology.mongo.storage;
  return {
    serviceName: member.name,
    replicas: 1,
    selector: { matchLabels: local },
    updateStrategy: { type: "RollingUpdate" },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    template: {
      metadata: { labels: { ...local, ...MEMBER }, ...(member.arbiter ? {} : { annotations: scraped }) },
      spec: memberPod(context, member),
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: context.cluster.storageClass,
          resources: { requests: { storage: kubernetesSize(size) } },
        },
      },
    ],
  };
}

const scraped = {
  "prometheus.io/scrape": "true",
  "prometheus.io/port": String(ports.mongo.metrics),
  "prometheus.io/path": "/metrics",
};

function memberPod(context: SiteContext, member: LocalMember): PodSpec {
  return {
    ...commonPod,
    affinity: apart(context),
    // A primary that is told to stop hands over within a second (see mongod); the rest is for the last checkpoint.
    terminationGracePeriodSeconds: 30,
    initContainers: [keyfileContainer(context)],
    containers: [
      mongod(context, member),
      // An arbiter has no data to back up, and no users to measure it as.
      ...(member.arbiter ? [] : [backupAgent(context), exporter(context)]),
    ],
    volumes: [
      keyfileSecret,
      { name: "private-keyfile", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}

export const commonPod = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  tolerations: EVICT_QUICKLY.map((toleration) => ({ ...toleration })),
  securityContext: {
    runAsNonRoot: true,
    runAsUser: MONGOD_USER,
    runAsGroup: MONGOD_USER,
    fsGroup: MONGOD_USER,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  },
};

/**
 * Members of one site in zones, or on servers, of their own, as far as there are any: with fewer, a rule would leave one
 * pending. What counts is the most members that the site has in any role: a rule that came and went with a switchover would
 * restart mongod at both sites, just when the set moves its votes.
 */
function apart(context: SiteContext): types.input.core.v1.Affinity {
  const { topologyKey, domains } = context.cluster.spreadOver;
  const term = { topologyKey, labelSelector: { matchLabels: { ...MEMBER } } };
  const { topology, site } = context;
  const members = Math.max(...topology.sites.map(({ name }) => membersAt({ ...context, active: name }, site).length));
  if (domains >= members) return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const wishes = [{ weight: 100, podAffinityTerm: term }, ...apartOnServers(context.cluster, members, { ...MEMBER })];
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wishes } };
}

/** mongod refuses a key file that its group may read, and a Secret's files always are once the pod has an fsGroup. */
function keyfileContainer(context: SiteContext): Container {
  return {
    name: "keyfile",
    image: imageOf(context.platform, "mongod"),
    command: ["install", "-m", "0400", "/keyfile/key", "/private/key"],
    volumeMounts: [
      { name: "keyfile", mountPath: "/keyfile", readOnly: true },
      { name: "private-keyfile", mountPath: "/private" },
    ],
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
    securityContext: RESTRICTED_CONTAINER,
  };
}

function mongod(context: SiteContext, { arbiter }: LocalMember): Container {
  const memory = arbiter ? { request: "128Mi", limit: "512Mi" } : { request: "1Gi", limit: "2Gi" };
  return {
    name: "mongod",
    image: imageOf(context.platform, "mongod"),
    command: ["mongod"],
    args: [
      ...["--replSet", MONGO_REPLICA_SET, "--keyFile", "/private/key", "--bind_ip_all", "--port", String(MONGO_PORT)],
      ...["--dbpath", "/data/db", "--wiredTigerCacheSizeGB", String(arbiter ? 0.25 : CACHE_GB)],
      // Before it stops, a primary waits 15 s by default (7.0) for a successor to catch up, also in a set that has none.
      ...["--setParameter", "shutdownTimeoutMillisForSignaledShutdown=1000"],
      ...(arbiter ? [] : ["--oplogSize", String(Math.floor(oplogOf(context).size / 2 ** 20))]),
    ],
    ports: [{ name: "mongo", containerPort: MONGO_PORT }],
    volumeMounts: [
      { name: "data", mountPath: "/data/db" },
      { name: "private-keyfile", mountPath: "/private", readOnly: true },
      tmp,
    ],
    resources: {
      requests: { cpu: arbiter ? "25m" : "250m", memory: memory.request },
      limits: { memory: memory.limit },
    },
    securityContext: RESTRICTED_CONTAINER,
    // An hour for the recovery after a crash, which must not be cut short by a restart.
    startupProbe: { ...hello(2), periodSeconds: 2, failureThreshold: 1800 },
    // Asked at once when the start-up probe has passed. Later nothing waits for it, as members and clients find each other without;
    // and each question starts a program, which costs a small server more than the answer.
    readinessProbe: { ...hello(2), periodSeconds: 10, failureThreshold: 3 },
    // A mongod that is stopped or hangs takes no signal either: 5 s, then it is killed.
    livenessProbe: { ...hello(3), periodSeconds: 3, failureThreshold: 3, terminationGracePeriodSeconds: 5 },
  };
}

function hello(timeoutSeconds: number) {
  return { exec: { command: [...helloCommand(MONGO_PORT, timeoutSeconds)] }, timeoutSeconds, successThreshold: 1 };
}

/** Password of the user that backs up, for an address that is put together by Kubernetes itself. */
const backupPassword = fromSecret("MONGO_BACKUP_PASSWORD", MONGO_BACKUP_SECRET);
const localAddress = `mongodb://${MONGO_BACKUP_USER}:$(MONGO_BACKUP_PASSWORD)@127.0.0.1:${MONGO_PORT}/?authSource=admin`;

/** Archives the oplog and takes the base backups that BackupSchedule asks for; it restarts until there are users. */
function backupAgent(context: SiteContext): Container {
  return {
    name: "pbm-agent",
    image: imageOf(context.platform, "pbm"),
    command: ["pbm-agent"],
    env: [backupPassword, { name: "PBM_MONGODB_URI", value: localAddress }],
    volumeMounts: [tmp],
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    securityContext: RESTRICTED_CONTAINER,
  };
}

function exporter(context: SiteContext): Container {
  const port = ports.mongo.metrics;
  return {
    name: "metrics",
    image: imageOf(context.platform, "mongoExporter"),
    args: [`--web.listen-address=:${port}`, "--collector.replicasetstatus", "--collector.diagnosticdata"],
    env: [backupPassword, { name: "MONGODB_URI", value: localAddress }],
    ports: [{ name: "metrics", containerPort: port }],
    livenessProbe: { httpGet: { path: "/", port }, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    securityContext: RESTRICTED_CONTAINER,
  };
}

export function fromSecret(variable: string, secret: string) {
  return { name: variable, valueFrom: { secretKeyRef: { name: secret, key: "password" } } };
}
