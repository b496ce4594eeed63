import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parseDuration } from "../config/quantities.ts";
import type { ServiceConfig } from "../config/schema.ts";
import type { SiteContext } from "./context.ts";
import { labels, namespaces } from "./names.ts";
import { DRAIN, restrictedContainer, scrape, statelessPod } from "./pods.ts";
import {
  claimName,
  claimPlan,
  environment,
  rollout,
  runsAt,
  secretName,
  SERVICE_USER,
  volumeSource,
} from "./service-plan.ts";

export interface ServiceArgs {
  readonly context: SiteContext;
  readonly service: ServiceConfig;
  /** Variable of `service.secrets` → value of the stack's secret config that it names. */
  readonly secretValues: Readonly<Record<string, pulumi.Output<string>>>;
}

/** How often a service that starts is asked, seconds. */
const START_STEP = 2;

/**
 * One service of the platform at one site. A standby runs it only if it was declared safe to read there; otherwise the
 * component declares its facts and no resources.
 *
 * `trafficDistribution: PreferClose`: clients in the cluster reach a pod of their own zone while there is one [S1.2].
 */
export class Service extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, service } = args;
    const runs = runsAt(context.role, service);
    super("holdfast:platform:Service", name, { ...declaredFacts(context, service), runs }, opts);
    if (runs) this.declare(name, args);
    this.registerOutputs({});
  }

  private declare(name: string, { context, service, secretValues }: ServiceArgs): void {
    const child = { parent: this };
    const metadata = { name: service.name, namespace: namespaces.platform, labels: labels("service", service.name) };
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const secrets = Object.keys(service.secrets).map((variable) => {
      const value = secretValues[variable];
      if (value === undefined)
        throw new Error(`service ${service.name}: no value was given for the secret ${variable}`);
      return [variable, pulumi.secret(value)] as const;
    });
    const secret =
      secrets.length > 0
        ? new k8s.core.v1.Secret(
            `${name}-secrets`,
            { metadata: { ...metadata, name: secretName(service.name) }, stringData: Object.fromEntries(secrets) },
            child,
          )
        : undefined;
    const claims = service.volumes
      .filter((volume) => volumeSource(context.role, volume) === "claim")
      .map((volume) => {
        const { storageClass, accessMode } = claimPlan(context.cluster, volume);
        return new k8s.core.v1.PersistentVolumeClaim(
          `${name}-${volume.name}`,
          {
            metadata: { ...metadata, name: claimName(service.name, volume.name) },
            spec: {
              accessModes: [accessMode],
              storageClassName: storageClass,
              resources: { requests: { storage: volume.size } },
            },
          },
          // A site that becomes the standby gives the claim up in this stack; users' files must outlive that.
          { ...child, retainOnDelete: volume.content === "uploads" },
        );
      });
    const { replicas, strategy } = rollout(context.cluster, service);
    new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata,
        spec: {
          replicas,
          strategy,
          revisionHistoryLimit: 3,
          selector: { matchLabels: metadata.labels },
          template: podTemplate(context, service, secrets.length > 0 ? checksum(secrets) : undefined),
        },
      },
      { ...child, dependsOn: [account, ...(secret ? [secret] : []), ...claims] },
    );
    new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata,
        spec: {
          selector: metadata.labels,
          ports: [{ name: "http", port: service.port, targetPort: service.port }],
          trafficDistribution: "PreferClose",
        },
      },
      child,
    );
    if (replicas > 1) {
      new k8s.policy.v1.PodDisruptionBudget(
        `${name}-budget`,
        { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: metadata.labels } } },
        child,
      );
    }
  }
}

/** Inputs that say what no Kubernetes resource does (docs/resources.md). */
function declaredFacts(context: SiteContext, service: ServiceConfig) {
  const { session, requestsPerSecond, probe } = service;
  return {
    site: context.site,
    service: service.name,
    volumes: service.volumes.map(({ name, content, urlPath }) => ({ name, content, ...(urlPath ? { urlPath } : {}) })),
    // The path says which probe it is true of: another one that somebody puts in its place promises nothing.
    ...(probe.readyPath === undefined ? {} : { readyWatchesStore: true, readyPath: probe.readyPath }),
    // A route that lets POST through says nothing of what the POST does.
    ...(service.postIsRead.length > 0 ? { postIsRead: service.postIsRead } : {}),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(session
      ? { session: { signInPath: session.signInPath, lifetime: Number(parseDuration(session.lifetime)) } }
      : {}),
  };
}

/** Another value of a secret replaces the pods, which read it only when they start. */
function checksum(secrets: readonly (readonly [string, pulumi.Output<string>])[]): pulumi.Output<string> {
  return pulumi
    .all(Object.fromEntries(secrets))
    .apply((values) => createHash("sha256").update(JSON.stringify(values)).digest("hex"));
}

function podTemplate(context: SiteContext, service: ServiceConfig, secretsChecksum?: pulumi.Output<string>) {
  const podLabels = labels("service", service.name);
  const { path, readyPath = path, periodSeconds, timeoutSeconds, failureThreshold } = service.probe;
  const probe = { httpGet: { path, port: service.port }, timeoutSeconds, successThreshold: 1 };
  return {
    metadata: {
      labels: podLabels,
      annotations: {
        ...scrape(service.port, service.metricsPath),
        ...(secretsChecksum ? { "holdfast/secrets-checksum": secretsChecksum } : {}),
      },
    },
    spec: {
      ...statelessPod(context.cluster, podLabels, SERVICE_USER),
      serviceAccountName: service.name,
      automountServiceAccountToken: false,
      containers: [
        {
          name: service.name,
          image: service.image,
          imagePullPolicy: "IfNotPresent",
          ports: [{ name: "http", containerPort: service.port }],
          env: environment(context, service).map((variable) => ({ ...variable })),
          resources: {
            requests: { cpu: service.cpu, memory: service.memory },
            // Memory alone is bounded: a bound on the processor slows a service down while the server has time to spare.
            limits: { memory: service.memory },
          },
          startupProbe: {
            ...probe,
            periodSeconds: START_STEP,
            failureThreshold: Math.ceil(service.probe.startSeconds / START_STEP),
          },
          readinessProbe: {
            ...probe,
            httpGet: { path: readyPath, port: service.port },
            periodSeconds,
            failureThreshold,
          },
          // Twice as patient: a pod leaves the Service first, and only one that stays away is restarted.
          livenessProbe: { ...probe, periodSeconds, failureThreshold: 2 * failureThreshold },
          lifecycle: DRAIN,
          // Services' images write where they like, and the config does not ask where: the rest of the restricted
          // standard holds.
          securityContext: restrictedContainer(false),
          volumeMounts: service.volumes.map((volume) => ({
            name: volume.name,
            mountPath: volume.mountPath,
            ...(volumeSource(context.role, volume) === "claim" ? {} : { readOnly: true }),
          })),
        },
      ],
      volumes: service.volumes.map((volume) => ({
        name: volume.name,
        ...(volumeSource(context.role, volume) === "claim"
          ? { persistentVolumeClaim: { claimName: claimName(service.name, volume.name) } }
          : { emptyDir: { sizeLimit: volume.size } }),
      })),
    },
  };
}
