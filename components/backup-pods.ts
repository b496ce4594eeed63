import type { types } from "@pulumi/kubernetes";
import { kubernetesSize } from "../topologies/units.ts";
import { BACKUP_CREDENTIALS, MONGO_BACKUP_SECRET, MONGO_BACKUP_USER, mongoDataHosts } from "./connections.ts";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import type { ImageName } from "./images.ts";
import { MONGO_REPLICA_SET } from "./names.ts";
import { SERVICE_USER } from "./service-plan.ts";
import { RESTRICTED_CONTAINER } from "./store-pods.ts";
import { PBM_CONFIG_KEY } from "./backup-pbm.ts";
import { copyBandwidth } from "./backup-plan.ts";
import type { BackupJob, StorePlace } from "./backup-plan.ts";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;
type EnvVar = types.input.core.v1.EnvVar;
type Volume = types.input.core.v1.Volume;

/** Names of the Secrets and ConfigMaps that the jobs mount or read. */
export const objects = {
  repositories: "backup-repositories",
  scripts: "backup-scripts",
  mongo: "backup-mongo",
  pull: (from: string): string => `backup-pull-${from}`,
} as const;
/** Key of the Secret with the password of restic's repositories. */
export const REPOSITORY_PASSWORD = "password";

/** No user of the images; numbers, so that Kubernetes can see that none is root. */
const NOBODY = 65_532;
/** `postgres` in CloudNativePG's images. */
const POSTGRES_USER = 26;
/** `mongodb` in MongoDB's image. */
const MONGOD_USER = 999;

/** The pod of a job: plain values, so that what a job reads and writes can be read from it. */
export function podOf(context: SiteContext, job: BackupJob): PodSpec {
  switch (job.kind) {
    case "mongo":
      return mongoBackup(context, job);
    case "uploads":
      return uploadsBackup(context, job);
    case "copy":
      return copy(context, job);
    case "test-postgres":
      return postgresTest(context, job);
    case "test-mongo":
      return mongoTest(context, job);
    case "test-uploads":
      return uploadsTest(context, job);
    default: {
      const never: never = job;
      throw new Error(`backup job ${String(never)}`);
    }
  }
}

type Job<K extends BackupJob["kind"]> = Extract<BackupJob, { kind: K }>;
type TestJob = Job<"test-postgres" | "test-mongo"> | Job<"test-uploads">;

function mongoBackup(context: SiteContext, job: Job<"mongo">): PodSpec {
  const env = [
    ...ownStore(job.subject, job.to),
    value("MONGO_HOSTS", mongoDataHosts(context.topology, context.roles).join(",")),
    value("MONGO_REPLICA_SET", MONGO_REPLICA_SET),
    value("MONGO_USER", MONGO_BACKUP_USER),
    secret("MONGO_PASSWORD", MONGO_BACKUP_SECRET, "password"),
    value("PBM_CONFIG", `/config/${PBM_CONFIG_KEY}`),
  ];
  return pod(NOBODY, [script(context, "backup", "pbm", "backup-mongo.sh", env, small, [mount("config", "/config")])], {
    volumes: [configMap("config", objects.mongo)],
  });
}

function uploadsBackup(context: SiteContext, job: Job<"uploads">): PodSpec {
  const env = [...ownStore(job.subject, job.to), ...restic, value("UPLOADS", "/uploads")];
  const read = { ...mount("uploads", "/uploads"), readOnly: true };
  return pod(SERVICE_USER, [script(context, "backup", "restic", "backup-uploads.sh", env, large, [read])], {
    volumes: [{ name: "uploads", persistentVolumeClaim: { claimName: job.volume.claim } }],
    // A volume of one node's disks can be mounted there only. Not required: the service may be down just now.
    affinity: {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              topologyKey: "kubernetes.io/hostname",
              labelSelector: { matchLabels: { "app.kubernetes.io/name": job.volume.service } },
            },
          },
        ],
      },
    },
  });
}

function copy(context: SiteContext, job: Job<"copy">): PodSpec {
  const { secret: own, accessKeyId, secretAccessKey } = BACKUP_CREDENTIALS;
  const pull = objects.pull(job.source);
  const env = [
    value("SUBJECT", job.subject),
    value("SOURCE_ENDPOINT", job.from.endpoint),
    value("SOURCE_BUCKET", job.from.bucket),
    value("SOURCE_REGION", job.from.region),
    ...place(job.to),
    value("BANDWIDTH", copyBandwidth(context.facts.uplinkMegabits)),
    value("RCLONE_CONFIG", "/tmp/rclone.conf"),
    secret("RCLONE_CONFIG_SOURCE_ACCESS_KEY_ID", pull, accessKeyId),
    secret("RCLONE_CONFIG_SOURCE_SECRET_ACCESS_KEY", pull, secretAccessKey),
    secret("RCLONE_CONFIG_OWN_ACCESS_KEY_ID", own, accessKeyId),
    secret("RCLONE_CONFIG_OWN_SECRET_ACCESS_KEY", own, secretAccessKey),
  ];
  return pod(NOBODY, [script(context, "copy", "rclone", "backup-copy.sh", env, medium)]);
}

function postgresTest(context: SiteContext, job: Job<"test-postgres" | "test-mongo">): PodSpec {
  const env = [...tested(job), value("DATABASE", context.topology.postgres.database)];
  const restore = [mount("restore", "/restore")];
  return pod(POSTGRES_USER, [script(context, "test", "postgres", "restore-test-postgres.sh", env, large, restore)], {
    volumes: [scratch("restore", kubernetesSize(context.topology.postgres.storage))],
  });
}

/**
 * A replica set of one member and its agent run beside the restore, as sidecars, which Kubernetes starts in order and
 * ends with the job (native since 1.29). The count comes last, so the pod fails with whichever step fails.
 */
function mongoTest(context: SiteContext, job: Job<"test-postgres" | "test-mongo">): PodSpec {
  const set = value("MONGO_REPLICA_SET", MONGO_REPLICA_SET);
  const uri = value("PBM_MONGODB_URI", "mongodb://127.0.0.1:27017/?directConnection=true");
  const restore = [mount("restore", "/restore")];
  const mongod: Container = {
    ...script(context, "mongod", "mongod", "restore-test-mongod.sh", [set], large, restore),
    restartPolicy: "Always",
    startupProbe: {
      exec: { command: ["mongosh", "--quiet", "--eval", "db.hello().isWritablePrimary || quit(1)"] },
      periodSeconds: 5,
      timeoutSeconds: 10,
      failureThreshold: 24,
    },
  };
  const agent: Container = {
    ...container(context, "agent", "pbm", ["pbm-agent"], [value("HOME", "/tmp"), uri], medium),
    restartPolicy: "Always",
  };
  const env = [...tested(job), uri, value("PBM_CONFIG", `/config/${job.name}.yaml`)];
  const config = [mount("config", "/config")];
  const count = [...tested(job), value("DATABASE", context.topology.mongo.database)];
  return pod(MONGOD_USER, [script(context, "count", "mongod", "restore-test-mongo-count.sh", count, medium)], {
    initContainers: [mongod, agent, script(context, "restore", "pbm", "restore-test-mongo.sh", env, small, config)],
    volumes: [scratch("restore", kubernetesSize(context.topology.mongo.storage)), configMap("config", objects.mongo)],
  });
}

function uploadsTest(context: SiteContext, job: Job<"test-uploads">): PodSpec {
  const env = [...tested(job), ...restic];
  const restore = [mount("restore", "/restore")];
  return pod(NOBODY, [script(context, "test", "restic", "restore-test-uploads.sh", env, large, restore)], {
    volumes: [scratch("restore", job.volume.size)],
  });
}

const value = (name: string, text: string): EnvVar => ({ name, value: text });
const secret = (name: string, from: string, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: from, key } },
});

const place = ({ endpoint, bucket, region, prefix }: StorePlace): EnvVar[] => [
  value("BACKUP_ENDPOINT", endpoint),
  value("BACKUP_BUCKET", bucket),
  value("BACKUP_PREFIX", prefix),
  value("BACKUP_REGION", region),
];

/** The own store with its key, under the names that the S3 clients know. */
const ownStore = (subject: string, at: StorePlace): EnvVar[] => [
  value("SUBJECT", subject),
  ...place(at),
  value("AWS_DEFAULT_REGION", at.region),
  secret("AWS_ACCESS_KEY_ID", BACKUP_CREDENTIALS.secret, BACKUP_CREDENTIALS.accessKeyId),
  secret("AWS_SECRET_ACCESS_KEY", BACKUP_CREDENTIALS.secret, BACKUP_CREDENTIALS.secretAccessKey),
];

const tested = (job: TestJob): EnvVar[] => [...ownStore(job.subject, job.at), value("MAX_AGE", String(job.maxAge))];

const restic: readonly EnvVar[] = [
  secret("RESTIC_PASSWORD", objects.repositories, REPOSITORY_PASSWORD),
  value("RESTIC_CACHE_DIR", "/tmp/cache"),
];

interface Needs {
  readonly cpu: string;
  readonly memory: string;
  readonly memoryLimit: string;
}
const small: Needs = { cpu: "50m", memory: "64Mi", memoryLimit: "256Mi" };
const medium: Needs = { cpu: "100m", memory: "128Mi", memoryLimit: "512Mi" };
const large: Needs = { cpu: "250m", memory: "512Mi", memoryLimit: "1Gi" };

function script(
  context: SiteContext,
  name: string,
  image: ImageName,
  file: string,
  env: readonly EnvVar[],
  needs: Needs,
  mounts: readonly types.input.core.v1.VolumeMount[] = [],
): Container {
  const all = [mount("scripts", "/scripts"), ...mounts];
  return container(context, name, image, ["sh", `/scripts/${file}`], [...env, value("HOME", "/tmp")], needs, all);
}

function container(
  { platform }: SiteContext,
  name: string,
  image: ImageName,
  command: string[],
  env: EnvVar[],
  needs: Needs,
  mounts: readonly types.input.core.v1.VolumeMount[] = [],
): Container {
  return {
    name,
    image: imageOf(platform, image),
    command,
    env,
    volumeMounts: [...mounts, mount("tmp", "/tmp")],
    resources: {
      requests: { cpu: needs.cpu, memory: needs.memory },
      limits: { memory: needs.memoryLimit },
    },
    securityContext: RESTRICTED_CONTAINER,
  };
}

function pod(user: number, containers: Container[], rest: Partial<PodSpec> & { volumes?: Volume[] } = {}): PodSpec {
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...rest,
    containers,
    volumes: [configMap("scripts", objects.scripts), { name: "tmp", emptyDir: {} }, ...(rest.volumes ?? [])],
  };
}

const mount = (name: string, mountPath: string): types.input.core.v1.VolumeMount => ({ name, mountPath });
const configMap = (name: string, object: string): Volume => ({ name, configMap: { name: object } });
const scratch = (name: string, sizeLimit: string): Volume => ({ name, emptyDir: { sizeLimit } });
