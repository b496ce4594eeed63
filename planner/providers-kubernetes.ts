import type { Made, Maker } from "./made.ts";
import { isObject, reveal } from "./wire.ts";
import type { WireObject } from "./wire.ts";

const kubernetesKinds: Readonly<Record<string, readonly string[]>> = {
  "core/v1": [
    "ConfigMap",
    "Endpoints",
    "LimitRange",
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  "apps/v1": ["DaemonSet", "Deployment", "StatefulSet"],
  "batch/v1": ["CronJob", "Job"],
  "discovery.k8s.io/v1": ["EndpointSlice"],
  "networking.k8s.io/v1": ["Ingress", "IngressClass", "NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
  "storage.k8s.io/v1": ["StorageClass"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "postgresql.cnpg.io/v1": ["Cluster", "Database", "ImageCatalog", "Pooler", "ScheduledBackup"],
  "barmancloud.cnpg.io/v1": ["ObjectStore"],
  "traefik.io/v1alpha1": ["IngressRoute", "Middleware", "ServersTransport", "TLSOption", "TLSStore", "TraefikService"],
  "cert-manager.io/v1": ["Certificate", "ClusterIssuer", "Issuer"],
  "monitoring.coreos.com/v1": ["PodMonitor", "PrometheusRule", "ServiceMonitor"],
};

/** Kinds that live in no namespace. */
const clusterKinds = new Set([
  "Namespace",
  "PersistentVolume",
  "IngressClass",
  "ClusterRole",
  "ClusterRoleBinding",
  "PriorityClass",
  "StorageClass",
  "ClusterIssuer",
]);

export function isClusterKind(kind: string): boolean {
  return clusterKinds.has(kind);
}

export const HELM_RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * A Kubernetes object answers with what was declared: everything else (`status`, a uid, an address) is known only to a
 * cluster, and a program that reads it gets `undefined`, as in its first `up`.
 */
function kubernetesObject(urn: string, inputs: WireObject): Made {
  const metadata = isObject(inputs["metadata"]) ? inputs["metadata"] : {};
  const name = reveal(metadata["name"]);
  if (typeof name !== "string" || name === "") {
    throw new Error(
      `${urn}: metadata.name is not set, so the engine would draw a name at random, which nothing here can know`,
    );
  }
  const namespace = reveal(metadata["namespace"]);
  return { id: typeof namespace === "string" ? `${namespace}/${name}` : name, outputs: inputs };
}

function helmRelease(urn: string, inputs: WireObject): Made {
  const name = reveal(inputs["name"]);
  if (typeof name !== "string")
    throw new Error(`${urn}: name is not set, so the engine would draw one at random, which nothing here can know`);
  return { id: `${String(reveal(inputs["namespace"]) ?? "default")}/${name}`, outputs: inputs };
}

/** What answers for an object or a release; undefined for a type that is none. */
export function kubernetesMaker(type: string): Maker | undefined {
  if (type === HELM_RELEASE) return helmRelease;
  const [scheme, group = "", kind = ""] = type.split(":");
  return scheme === "kubernetes" && kubernetesKinds[group]?.includes(kind) ? kubernetesObject : undefined;
}
