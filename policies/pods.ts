import { Field, plain } from "../resilience/observe/field.ts";
import type { Resource } from "../resilience/resource.ts";

/** Kinds whose pods run until they are told to end. */
export const SERVING_TYPES: readonly string[] = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:DaemonSet",
];

const JOB = "kubernetes:batch/v1:Job";
const CRON_JOB = "kubernetes:batch/v1:CronJob";
const POD = "kubernetes:core/v1:Pod";

/** Every kind that declares pods of its own; an operator's resources declare theirs in words of their own. */
export const POD_TYPES: readonly string[] = [...SERVING_TYPES, JOB, CRON_JOB, POD];

/** The same kinds, as `Declarations.ofKind` takes them. */
export const POD_KINDS: readonly string[] = [
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "batch/Job",
  "batch/CronJob",
  "/Pod",
];

/** The specification of the pods that a resource declares, if it declares some. */
export function podSpecOf({ urn, type, inputs }: Pick<Resource, "urn" | "type" | "inputs">): Field | undefined {
  const spec = new Field(urn, "", inputs).get("spec");
  if (!POD_TYPES.includes(type)) return undefined;
  if (type === POD) return spec;
  return type === CRON_JOB ? spec.get("jobTemplate", "spec", "template", "spec") : spec.get("template", "spec");
}

/** A container as a message names it. */
export interface Container {
  readonly name: string;
  readonly field: Field;
  /** `init`: ends before the others start; `sidecar`: starts with them and runs as long (`restartPolicy: Always`, Kubernetes 1.29). */
  readonly role: "main" | "init" | "sidecar";
}

export function containersOf(podSpec: Field): readonly Container[] {
  const read = (field: Field, role: Container["role"]): Container => ({
    name: plain(field.get("name")) ?? field.path,
    field,
    role,
  });
  return [
    ...podSpec
      .get("containers")
      .items()
      .map((field) => read(field, "main")),
    ...podSpec
      .get("initContainers")
      .items()
      .map((field) => read(field, field.get("restartPolicy").value === "Always" ? "sidecar" : "init")),
  ];
}
