import { placeholderBytes, placeholderKeys, placeholderPem, placeholderText } from "./placeholders.ts";
import { isObject, reveal, secret } from "./wire.ts";
import type { WireObject } from "./wire.ts";

/** What a provider answers when a resource is made. */
export interface Made {
  readonly id: string;
  readonly outputs: WireObject;
}

type Maker = (urn: string, inputs: WireObject) => Made;

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
export const STACK_REFERENCE = "pulumi:pulumi:StackReference";

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

function numberOf(inputs: WireObject, key: string, fallback: number): number {
  const value = reveal(inputs[key]);
  return typeof value === "number" ? value : fallback;
}

/** Names and secrecy of outputs: @pulumi/random 4.21, @pulumi/tls 5.6. */
const makers: Readonly<Record<string, Maker>> = {
  "random:index/randomPassword:RandomPassword": (urn, inputs) => ({
    id: "none",
    outputs: {
      ...inputs,
      result: secret(placeholderText(urn, numberOf(inputs, "length", 32))),
      bcryptHash: secret(placeholderText(`${urn}#bcrypt`, 60)),
    },
  }),
  "random:index/randomString:RandomString": (urn, inputs) => {
    const result = placeholderText(urn, numberOf(inputs, "length", 16));
    return { id: result, outputs: { ...inputs, result } };
  },
  "random:index/randomBytes:RandomBytes": (urn, inputs) => {
    const drawn = placeholderBytes(urn, numberOf(inputs, "length", 32));
    return {
      id: "none",
      outputs: { ...inputs, base64: secret(drawn.toString("base64")), hex: secret(drawn.toString("hex")) },
    };
  },
  "random:index/randomId:RandomId": (urn, inputs) => {
    const drawn = placeholderBytes(urn, numberOf(inputs, "byteLength", 8));
    const prefix = String(reveal(inputs["prefix"]) ?? "");
    const b64Url = drawn.toString("base64url");
    const outputs = {
      ...inputs,
      b64Url: prefix + b64Url,
      b64Std: prefix + drawn.toString("base64"),
      hex: prefix + drawn.toString("hex"),
      dec: prefix + BigInt(`0x${drawn.toString("hex")}`),
    };
    return { id: b64Url, outputs };
  },
  "random:index/randomUuid:RandomUuid": (urn, inputs) => {
    const result = placeholderBytes(urn, 16)
      .toString("hex")
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
    return { id: result, outputs: { ...inputs, result } };
  },
  "tls:index/privateKey:PrivateKey": (urn, inputs) => {
    const { privatePem, publicPem } = placeholderKeys(
      urn,
      String(reveal(inputs["algorithm"])),
      String(reveal(inputs["ecdsaCurve"]) ?? "P224"),
    );
    const keys = { privateKeyPem: secret(privatePem), privateKeyPemPkcs8: secret(privatePem), publicKeyPem: publicPem };
    return { id: placeholderBytes(urn, 20).toString("hex"), outputs: { ...inputs, ...keys } };
  },
  "tls:index/selfSignedCert:SelfSignedCert": certificate,
  "tls:index/locallySignedCert:LocallySignedCert": certificate,
  "tls:index/certRequest:CertRequest": (urn, inputs) => ({
    id: placeholderBytes(urn, 20).toString("hex"),
    outputs: { ...inputs, certRequestPem: placeholderPem(urn, "CERTIFICATE REQUEST") },
  }),
  [HELM_RELEASE]: helmRelease,
  "pulumi:providers:kubernetes": provider,
  "pulumi:providers:random": provider,
  "pulumi:providers:tls": provider,
};

function certificate(urn: string, inputs: WireObject): Made {
  return {
    id: placeholderBytes(urn, 20).toString("hex"),
    outputs: { ...inputs, certPem: placeholderPem(urn, "CERTIFICATE") },
  };
}

function provider(urn: string, inputs: WireObject): Made {
  return { id: `planned-${placeholderBytes(urn, 4).toString("hex")}`, outputs: inputs };
}

function makerOf(type: string): Maker | undefined {
  const [scheme, group = "", kind = ""] = type.split(":");
  if (scheme === "kubernetes" && kubernetesKinds[group]?.includes(kind)) return kubernetesObject;
  return makers[type];
}

/**
 * What the provider of a resource type would answer, as far as that can be known without it.
 *
 * @throws Error for a type that the planner doesn't know: silence would turn a wish into a fact
 */
export function make(type: string, urn: string, inputs: WireObject): Made {
  const maker = makerOf(type);
  if (!maker)
    throw new Error(
      `resource type ${type} is unknown to the planner (${urn}): add it, with what its provider answers, in planner/providers.ts`,
    );
  return maker(urn, inputs);
}
