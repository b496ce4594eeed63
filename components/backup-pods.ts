import type { types } from "@pulumi/kubernetes";
import { kubernetesSize } from "../topologies/units.ts";
import { copyScriptName } from "./backup-copy-script.ts";
import {
  copyKeys,
  copyPlaces,
  isMongoAccount,
  objects,
  restic,
  secret,
  storeEnv,
  value,
} from "./backup-environment.ts";
import { MONGO_BACKUP_SECRET, MONGO_BACKUP_USER, mongoDataHosts } from "./connections.ts";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import type { ImageName } from "./images.ts";
import { BACKUP_SERVICE_ACCOUNT, MONGO_REPLICA_SET } from "./names.ts";
import { SERVICE_USER } from "./service-plan.ts";
import { restrictedPod } from "./pods.ts";
import { RESTRICTED_CONTAINER } from "./store-pods.ts";
import { PBM_CONFIG_KEY } from "./backup-pbm.ts";
import { copyBandwidth } from "./backup-plan.ts";
import type { BackupJob } from "./backup-plan.ts";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;
type EnvVar = types.input.core.v1.EnvVar;
type Volume = types.input.core.v1.Volume;

/** No user of the images; numbers, so that Kubernetes can see that none is root. */
const NOBODY = 65_532;
/** `postgres` in CloudNativePG's images. */
const POSTGRES_USER = 26;
/** `mongodb` in MongoDB's image. */
const MONGOD_USER = 999;

/** The pod of a job: plain values, so that what a job reads and writes can be read from it. */
export function podOf(context: SiteContext, job: BackupJob): PodSpec {
  const pod = jobPod(context, job);
  return context.store.protocol === "s3" ? pod : { serviceAccountName: BACKUP_SERVICE_ACCOUNT, ...pod };
}

function jobPod(context: SiteContext, job: BackupJob): PodSpec {
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
    ...storeEnv(context, job.subject, job.to),
    value("MONGO_HOSTS", mongoDataHosts(context).join(",")),
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
  const env = [...storeEnv(context, job.subject, job.to), ...restic, value("UPLOADS", "/uploads")];
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
  const env = [
    value("SUBJECT", job.subject),
    ...copyPlaces(job.from, job.to),
    value("BANDWIDTH", copyBandwidth(context.facts.uplinkMegabits)),
    value("RCLONE_CONFIG", "/tmp/rclone.conf"),
    ...copyKeys(job.from, objects.pull(job.source), job.to, isMongoAccount(context, job.to)),
  ];
  const file = copyScriptName({ source: job.from.protocol, part: job.part });
  return pod(NOBODY, [script(context, "copy", "rclone", file, env, medium)]);
}

function postgresTest(context: SiteContext, job: Job<"test-postgres" | "test-mongo">): PodSpec {
  const env = [...tested(context, job), value("DATABASE", context.topology.postgres.database)];
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
  const env = [...tested(context, job), uri, value("PBM_CONFIG", `/config/${job.name}.yaml`)];
  const config = [mount("config", "/config")];
  const count = [...tested(context, job), value("DATABASE", context.topology.mongo.database)];
  return pod(MONGOD_USER, [script(context, "count", "mongod", "restore-test-mongo-count.sh", count, medium)], {
    initContainers: [mongod, agent, script(context, "restore", "pbm", "restore-test-mongo.sh", env, small, config)],
    volumes: [scratch("restore", kubernetesSize(context.topology.mongo.storage)), configMap("config", objects.mongo)],
  });
}

function uploadsTest(context: SiteContext, job: Job<"test-uploads">): PodSpec {
  const env = [...tested(context, job), ...restic];
  const restore = [mount("restore", "/restore")];
  return pod(NOBODY, [script(context, "test", "restic", "restore-test-uploads.sh", env, large, restore)], {
    volumes: [scratch("restore", job.volume.size)],
  });
}

const tested = (context: SiteContext, job: TestJob): EnvVar[] => [
  ...storeEnv(context, job.subject, job.at),
  value("MAX_AGE", String(job.maxAge)),
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
    securityContext: restrictedPod(user),
    ...rest,
    containers,
    volumes: [configMap("scripts", objects.scripts), { name: "tmp", emptyDir: {} }, ...(rest.volumes ?? [])],
  };
}

const mount = (name: string, mountPath: string): types.input.core.v1.VolumeMount => ({ name, mountPath });
const configMap = (name: string, object: string): Volume => ({ name, configMap: { name: object } });
const scratch = (name: string, sizeLimit: string): Volume => ({ name, emptyDir: { sizeLimit } });
