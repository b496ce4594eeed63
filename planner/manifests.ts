import { stringify } from "yaml";
import type { ProgramResult, RecordedResource } from "./harness.ts";
import { HELM_RELEASE } from "./providers-kubernetes.ts";
import { isObject, isSecret, mapValues, reveal } from "./wire.ts";
import type { WireObject } from "./wire.ts";

export interface Manifest {
  /** `03-configmap-gateway.yaml`: the numbers give an order in which they can be applied. */
  readonly file: string;
  readonly object: WireObject;
}

/** What must be there before others may refer to it; kinds that are not named come last, custom resources among them. */
const ORDER = [
  "Namespace",
  "PriorityClass",
  "StorageClass",
  "ResourceQuota",
  "LimitRange",
  "ServiceAccount",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "Secret",
  "ConfigMap",
  "NetworkPolicy",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Service",
  "Endpoints",
  "EndpointSlice",
  "PodDisruptionBudget",
];

const MASK = "masked";

/** The objects that a cluster would get, one per file. Secrets hold their keys with empty values. */
export function manifestsOf({ resources }: ProgramResult): readonly Manifest[] {
  const objects = resources.filter(isKubernetesObject).map(({ wireInputs }) => objectOf(wireInputs));
  const ranked = objects.map((object) => ({ object, rank: rankOf(String(object["kind"])) }));
  // The sort is stable: within a kind the order of registration stays.
  ranked.sort((a, b) => a.rank - b.rank);
  const width = Math.max(2, String(ranked.length).length);
  return ranked.map(({ object }, index) => {
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
    const number = String(index + 1).padStart(width, "0");
    return { file: `${number}-${String(object["kind"]).toLowerCase()}-${String(metadata["name"])}.yaml`, object };
  });
}

/** The same objects in the same order with their Secrets' values, to be put on a cluster: never into a file of a plan. */
export function objectsOf({ resources }: ProgramResult): readonly WireObject[] {
  const objects = resources.filter(isKubernetesObject).map(({ wireInputs }) => reveal(wireInputs) as WireObject);
  return objects.sort((a, b) => rankOf(String(a["kind"])) - rankOf(String(b["kind"])));
}

/** Helm charts that the program installs: no objects of ours, so they are listed instead. */
export function releasesOf({ resources }: ProgramResult): readonly WireObject[] {
  return resources.filter(({ type }) => type === HELM_RELEASE).map(({ wireInputs }) => ({ ...masked(wireInputs) }));
}

/** YAML that tools of YAML 1.1, as Kubernetes' are, read in the same way. */
export function yamlOf(value: unknown): string {
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

function isKubernetesObject({ type, custom, external }: RecordedResource): boolean {
  return custom && !external && type.startsWith("kubernetes:") && type !== HELM_RELEASE;
}

function rankOf(kind: string): number {
  const rank = ORDER.indexOf(kind);
  return rank < 0 ? ORDER.length : rank;
}

function objectOf(inputs: WireObject): WireObject {
  const { apiVersion, kind, metadata, ...rest } = inputs;
  const body = kind === "Secret" ? emptied(rest) : masked(rest);
  return { apiVersion, kind, metadata: maskValue(metadata), ...body };
}

function emptied(secret: WireObject): WireObject {
  const result = masked(secret);
  for (const key of ["data", "stringData"]) {
    const entries = isSecret(secret[key]) ? secret[key].value : secret[key];
    if (isObject(entries)) result[key] = mapValues(entries, () => "");
  }
  return result;
}

function masked(object: WireObject): WireObject {
  return mapValues(object, maskValue);
}

function maskValue(value: unknown): unknown {
  if (isSecret(value)) return MASK;
  if (Array.isArray(value)) return value.map(maskValue);
  return isObject(value) ? mapValues(value, maskValue) : value;
}
