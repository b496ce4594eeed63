import type { Declared } from "../../resilience/observe/declarations.ts";
import { textMap } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import type { Field } from "../../resilience/observe/field.ts";
import { findGateways } from "../../resilience/observe/gateways.ts";
import { Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { containersOf, podSpecOf, POD_KINDS } from "../pods.ts";
import type { StackRule } from "../rule.ts";

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
/** Settings of the kernel that belong to a pod alone (Kubernetes 1.33, Pod Security Standards, baseline). */
const SAFE_SYSCTLS: readonly string[] = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

/** What a tunnel can't be made without: an interface, made by root, by a device of the server. Only a gateway may have it. */
const TUNNEL_NEEDS: readonly string[] = ["root", "hostPath", "NET_ADMIN"];

export const restrictedPods: StackRule = {
  kind: "stack",
  name: "restricted-pods",
  what: "Pods keep the standard restricted, and their namespaces enforce it; the overlay's gateway alone may have what makes a network interface.",
  ids: ["S1.6"],
  why: "A pod with more rights than it needs hands them to whoever takes it over, up to the server that it runs on.",
  fix: `Label the namespace ${ENFORCE}: restricted; set runAsNonRoot, seccompProfile RuntimeDefault, allowPrivilegeEscalation false, and drop all capabilities.`,
  level: "mandatory",
  subject: "a Namespace, or a pod",
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    const gateways = new Set(findGateways(objects).map(({ workload }) => workload.urn));
    const workloads = POD_KINDS.flatMap((kind) => objects.ofKind(kind));
    for (const namespace of objects.ofKind("/Namespace")) {
      findings.subject();
      const own = workloads.filter((workload) => workload.namespace === namespace.name);
      // A namespace has one standard for all of its pods: only one of nothing but gateways may have a lower one.
      if (own.length > 0 && own.every(({ urn }) => gateways.has(urn))) continue;
      const labels = namespace.inputs.get("metadata", "labels");
      if (labels.pending) findings.wait(`what Namespace ${namespace.name} enforces is known only after an up`);
      else if (textMap(labels)[ENFORCE] !== "restricted")
        findings.add(namespace.urn, `Namespace ${namespace.name} enforces ${textMap(labels)[ENFORCE] ?? "nothing"}.`);
    }
    for (const workload of workloads) {
      findings.subject();
      const admitted = gateways.has(workload.urn) ? TUNNEL_NEEDS : [];
      for (const { right, broken } of brokenBy(workload))
        if (!admitted.includes(right))
          findings.add(workload.urn, `${workload.kind.split("/")[1] ?? ""} ${workload.name} ${broken}.`);
    }
    return findings.verdict();
  },
};

interface Broken {
  /** What it has and should not have, as {@link TUNNEL_NEEDS} names it. */
  readonly right: string;
  /** In words, with the workload as the subject. */
  readonly broken: string;
}

/** What of the standard `restricted` a workload's pods break (Kubernetes 1.33). */
function brokenBy({ resource }: Declared): readonly Broken[] {
  const podSpec = podSpecOf(resource);
  if (!podSpec) return [{ right: "unread", broken: "has no pods that could be read" }];
  const pod = podSpec.get("securityContext");
  const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((key) => podSpec.get(key).value === true);
  const volumes = podSpec
    .get("volumes")
    .items()
    .flatMap((volume) => volume.entries().map(([key]) => key))
    .filter((key) => key !== "name" && !VOLUMES.includes(key));
  const sysctls = pod
    .get("sysctls")
    .items()
    .map((one) => String(one.get("name").value))
    .filter((name) => !SAFE_SYSCTLS.includes(name));
  return [
    ...shared.map((key) => ({ right: key, broken: `has ${key}` })),
    ...volumes.map((kind) => ({ right: kind, broken: `mounts a volume of kind ${kind}` })),
    ...sysctls.map((name) => ({ right: name, broken: `sets ${name} of the kernel` })),
    ...containersOf(podSpec).flatMap(({ name, field }) =>
      containerBreaks(pod, field).map(({ right, broken }) => ({
        right,
        broken: `has container ${name}, which ${broken}`,
      })),
    ),
  ];
}

/** A container's own setting goes before the pod's. */
function containerBreaks(pod: Field, container: Field): readonly Broken[] {
  const own = container.get("securityContext");
  const effective = (key: string): Field => (own.get(key).absent ? pod.get(key) : own.get(key));
  const user = effective("runAsUser").value;
  const profile = effective("seccompProfile").get("type").value;
  const capabilities = (which: string): readonly string[] =>
    own
      .get("capabilities", which)
      .items()
      .map(({ value }) => String(value));
  const ports = container
    .get("ports")
    .items()
    .flatMap((port) => (port.get("hostPort").absent ? [] : [String(port.get("hostPort").value)]));
  const breaks = (right: string, broken: string, isBroken: boolean): readonly Broken[] =>
    isBroken ? [{ right, broken }] : [];
  return [
    ...breaks("root", "may run as root", effective("runAsNonRoot").value !== true || user === 0),
    ...breaks("seccomp", "has no seccomp profile", profile !== "RuntimeDefault" && profile !== "Localhost"),
    ...breaks("escalation", "may gain privileges", own.get("allowPrivilegeEscalation").value !== false),
    ...breaks("privileged", "is privileged", own.get("privileged").value === true),
    ...breaks("procMount", "sees all of /proc", !["Default", undefined].includes(plain(own.get("procMount")))),
    ...breaks("capabilities", "keeps capabilities", !capabilities("drop").includes("ALL")),
    ...capabilities("add")
      .filter((one) => one !== "NET_BIND_SERVICE")
      .map((one) => ({ right: one, broken: `adds capability ${one}` })),
    ...ports.map((port) => ({ right: "hostPort", broken: `takes port ${port} of its server (hostPort)` })),
  ];
}
