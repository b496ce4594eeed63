import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { types } from "@pulumi/kubernetes";
import { APP_USER, MONGO_APP_SECRET, MONGO_BACKUP_SECRET, MONGO_BACKUP_USER, mongoHost } from "./connections.ts";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import { MONGO_OBJECTS, commonPod, fromSecret, keyfileSecret, tmp } from "./mongo-pods.ts";
import { membersAt, replicaSetConfig } from "./mongo-replica-set-plan.ts";
import { labels } from "./names.ts";
import { RESTRICTED_CONTAINER } from "./store-pods.ts";

type CronJobSpec = types.input.batch.v1.CronJobSpec;

/** Content of the ConfigMap: the configuration, and what applies it. */
export function configData(context: SiteContext): Record<string, string> {
  const script = (file: string): string => readFileSync(join(__dirname, file), "utf8");
  return {
    "replica-set.json": `${JSON.stringify(replicaSetConfig(context), undefined, 2)}\n`,
    "apply.js": script("mongo-apply.js"),
    "reconfigure.js": script("mongo-reconfigure.js"),
  };
}

/**
 * Applies the configuration every minute, at the active site only. A schedule rather than one Job per change: what can't
 * be done yet (another site is not there, the primary is just handing over) is done by a later run, and nobody is called.
 *
 * @param otherSites was another site ever brought up? Then a set is never started without hearing that it has none
 */
export function applySpec(context: SiteContext, otherSites: boolean): CronJobSpec {
  const members = membersAt(context, context.site);
  const hosts = members.map(({ name }) => mongoHost(name));
  return {
    schedule: "* * * * *",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 30,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 1,
    jobTemplate: {
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: 120,
        template: {
          metadata: { labels: labels("mongo", MONGO_OBJECTS.apply) },
          spec: {
            ...commonPod,
            restartPolicy: "Never",
            containers: [
              {
                name: "apply",
                image: imageOf(context.platform, "mongod"),
                command: ["mongosh", "--nodb", "--quiet", "--norc", "--file", "/config/apply.js"],
                env: [
                  { name: "HOME", value: "/tmp" },
                  { name: "CONFIG", value: "/config" },
                  { name: "KEYFILE", value: "/keyfile/key" },
                  { name: "LOCAL_HOST", value: hosts[0] ?? "" },
                  { name: "LOCAL_HOSTS", value: hosts.join(",") },
                  { name: "OTHER_SITES", value: otherSites ? "known" : "unknown" },
                  { name: "DATABASE", value: context.topology.mongo.database },
                  { name: "APP_USER", value: APP_USER },
                  fromSecret("APP_PASSWORD", MONGO_APP_SECRET),
                  { name: "BACKUP_USER", value: MONGO_BACKUP_USER },
                  fromSecret("BACKUP_PASSWORD", MONGO_BACKUP_SECRET),
                ],
                volumeMounts: [
                  { name: "config", mountPath: "/config", readOnly: true },
                  { name: "keyfile", mountPath: "/keyfile", readOnly: true },
                  tmp,
                ],
                resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
                securityContext: RESTRICTED_CONTAINER,
              },
            ],
            volumes: [
              { name: "config", configMap: { name: MONGO_OBJECTS.config } },
              keyfileSecret,
              { name: "tmp", emptyDir: {} },
            ],
          },
        },
      },
    },
  };
}
