import type { Declared } from "../../resilience/observe/declarations.ts";
import { textMap } from "../../resilience/observe/declarations.ts";
import type { Field } from "../../resilience/observe/field.ts";
import { findGateways } from "../../resilience/observe/gateways.ts";
import { Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { containersOf, podSpecOf } from "../pods.ts";
import type { StackRule } from "../rule.ts";

const KINDS: readonly string[] = [
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "batch/Job",
  "batch/CronJob",
  "/Pod",
];
const ENFORCE = "pod-security.kubernetes.io/enforce";
/** Volumes that the standard `restricted` admits (Kubernetes 1.33, Pod Security Standards). */
const VOLUMES: readonly string[] = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export const restrictedPods: StackRule = {
  kind: "stack",
  name: "restricted-pods",
  what: "Pods keep the standard restricted, and their namespaces enforce it; only those of the overlay's gateway and of what measures the servers may not.",
  ids: ["S1.6"],
  why: "A pod with more rights than it needs hands them to whoever takes it over, up to the server that it runs on.",
  fix: `Label the namespace ${ENFORCE}: restricted; set runAsNonRoot, seccompProfile RuntimeDefault, allowPrivilegeEscalation false, and drop all capabilities.`,
  level: "mandatory",
  subject: "a Namespace, or a pod",
  settings: {
    measuring: {
      type: "string",
      description:
        "Namespace that may enforce less too, because what measures a server reads its disks and arrays from the server's own files; empty: none. Pods that the stack declares there itself keep the standard.",
      default: "monitoring",
    },
  },
  evaluate(view, { measuring }) {
    const findings = new Findings();
    const objects = objectsOf(view);
    const exempt = new Set(findGateways(objects).map(({ workload }) => workload.namespace));
    for (const namespace of objects.ofKind("/Namespace")) {
      findings.subject();
      const enforced = textMap(namespace.inputs.get("metadata", "labels"))[ENFORCE] ?? "nothing";
      if (enforced !== "restricted" && !exempt.has(namespace.name) && namespace.name !== measuring)
        findings.add(namespace.urn, `Namespace ${namespace.name} enforces ${enforced}.`);
    }
    for (const workload of KINDS.flatMap((kind) => objects.ofKind(kind))) {
      if (exempt.has(workload.namespace)) continue;
      findings.subject();
      for (const broken of brokenBy(workload))
        findings.add(workload.urn, `${workload.kind.split("/")[1] ?? ""} ${workload.name} ${broken}.`);
    }
    return findings.verdict();
  },
};

/** What of the standard `restricted` a workload's pods break, in words (Kubernetes 1.33). */
function brokenBy({ resource }: Declared): readonly string[] {
  const podSpec = podSpecOf(resource);
  if (!podSpec) return ["has no pods that could be read"];
  const pod = podSpec.get("securityContext");
  const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((key) => podSpec.get(key).value === true);
  const volumes = podSpec
    .get("volumes")
    .items()
    .flatMap((volume) => volume.entries().map(([key]) => key))
    .filter((key) => key !== "name" && !VOLUMES.includes(key));
  return [
    ...shared.map((key) => `has ${key}`),
    ...volumes.map((kind) => `mounts a volume of kind ${kind}`),
    ...containersOf(podSpec).flatMap(({ name, field }) =>
      containerBreaks(pod, field.get("securityContext")).map((broken) => `has container ${name}, which ${broken}`),
    ),
  ];
}

/** A container's own setting goes before the pod's. */
function containerBreaks(pod: Field, own: Field): readonly string[] {
  const effective = (key: string): Field => (own.get(key).absent ? pod.get(key) : own.get(key));
  const user = effective("runAsUser").value;
  const profile = effective("seccompProfile").get("type").value;
  const dropped = own
    .get("capabilities", "drop")
    .items()
    .map(({ value }) => value);
  const added = own
    .get("capabilities", "add")
    .items()
    .map(({ value }) => String(value));
  const more = added.filter((one) => one !== "NET_BIND_SERVICE");
  return [
    ...(effective("runAsNonRoot").value === true && user !== 0 ? [] : ["may run as root"]),
    ...(profile === "RuntimeDefault" || profile === "Localhost" ? [] : ["has no seccomp profile"]),
    ...(own.get("allowPrivilegeEscalation").value === false ? [] : ["may gain privileges"]),
    ...(own.get("privileged").value === true ? ["is privileged"] : []),
    ...(dropped.includes("ALL") ? [] : ["keeps capabilities"]),
    ...more.map((one) => `adds capability ${one}`),
  ];
}
