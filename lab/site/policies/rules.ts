import { addressNumber, parseRange, rangeText, without } from "../../network/addresses.ts";
import { selects } from "./types.ts";
import type { ClusterView, NetworkPolicy, Pod, PolicyPeer, PolicyPort } from "./types.ts";

export type Way = "ingress" | "egress";

/** The chain that every packet of a pod passes. */
export const MAIN_CHAIN = "HOLDFAST";

/** Somebody at the other end: a range of addresses, or one pod. */
interface Peer {
  readonly range: string;
  readonly pod?: Pod;
}

const addressOf = ({ spec, status }: Pod): string | undefined =>
  // A pod that has ended has its address no more, and one on its server's network has none of its own.
  spec.hostNetwork === true || status?.phase === "Succeeded" || status?.phase === "Failed" ? undefined : status?.podIP;

/** Whether a policy says something about a way; by default about what comes in, and what goes out where it names it. */
function isAbout({ spec }: NetworkPolicy, way: Way): boolean {
  const { policyTypes = ["Ingress", ...(spec.egress === undefined ? [] : ["Egress"])] } = spec;
  return policyTypes.includes(way === "ingress" ? "Ingress" : "Egress");
}

/** The policies that isolate a pod in a way; none: everything passes. */
const policiesFor = (view: ClusterView, { metadata }: Pod, way: Way): readonly NetworkPolicy[] =>
  view.policies.filter(
    (policy) =>
      policy.metadata.namespace === metadata.namespace &&
      isAbout(policy, way) &&
      selects(policy.spec.podSelector, metadata.labels),
  );

function peersOf(view: ClusterView, policy: NetworkPolicy, peer: PolicyPeer): readonly Peer[] {
  const { ipBlock, podSelector = {}, namespaceSelector } = peer;
  if (ipBlock !== undefined) {
    if (ipBlock.cidr.includes(":")) return [];
    const except = (ipBlock.except ?? []).map(parseRange);
    return without(parseRange(ipBlock.cidr), except).map((range) => ({ range: rangeText(range) }));
  }
  const spaces = view.namespaces.filter(({ metadata }) =>
    namespaceSelector === undefined
      ? metadata.name === policy.metadata.namespace
      : selects(namespaceSelector, metadata.labels),
  );
  return view.pods.flatMap((pod) => {
    const address = addressOf(pod);
    const isMeant = spaces.some(({ metadata }) => metadata.name === pod.metadata.namespace);
    if (address === undefined || !isMeant || !selects(podSelector, pod.metadata.labels)) return [];
    return [{ range: `${address}/32`, pod }];
  });
}

/** The words for a port; undefined when the pod that it is a port of has none of that name. */
function portWords({ protocol = "TCP", port, endPort }: PolicyPort, owner: Pod | undefined): string | undefined {
  const kind = `-p ${protocol.toLowerCase()}`;
  if (port === undefined) return kind;
  if (typeof port === "number") return `${kind} --dport ${endPort === undefined ? port : `${port}:${endPort}`}`;
  const ports = owner?.spec.containers.flatMap(({ ports: own = [] }) => own) ?? [];
  const named = ports.find((one) => one.name === port && (one.protocol ?? "TCP") === protocol);
  return named === undefined ? undefined : `${kind} --dport ${named.containerPort}`;
}

const ANYBODY: readonly Peer[] = [{ range: "0.0.0.0/0" }];

/** The rules that let through what a pod's policies allow in a way, and nothing else. */
function allowed(view: ClusterView, pod: Pod, way: Way, policies: readonly NetworkPolicy[]): readonly string[] {
  const side = way === "ingress" ? "-s" : "-d";
  const lines = policies.flatMap((policy) =>
    (way === "ingress"
      ? (policy.spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
      : (policy.spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
    ).flatMap(({ peers = [], ports = [] }) => {
      const others = peers.length === 0 ? ANYBODY : peers.flatMap((peer) => peersOf(view, policy, peer));
      return others.flatMap((other) => {
        const words = ports.map((port) => portWords(port, way === "ingress" ? pod : other.pod));
        const known = ports.length === 0 ? [""] : words.filter((word) => word !== undefined);
        return known.map((word) => `${side} ${other.range} ${word}`.trim());
      });
    }),
  );
  return [...new Set(lines)];
}

/**
 * What iptables-restore makes of a cluster's policies on one server: a chain for each way of each isolated pod there.
 * A packet that no policy lets through is refused, as by k3s' own controller. Answers to what was let through pass.
 * @param before chains that are there from an earlier time.
 * @param trusted addresses whose packets pass, such as a control plane's that stands beside the servers.
 */
export function filterRules(
  view: ClusterView,
  server: string,
  before: readonly string[] = [],
  trusted: readonly string[] = [],
): { readonly text: string; readonly chains: readonly string[] } {
  const jumps: string[] = [];
  const chains: string[] = [];
  const rules: string[] = [];
  for (const way of ["egress", "ingress"] as const)
    for (const pod of view.pods.filter(({ spec }) => spec.nodeName === server)) {
      const address = addressOf(pod);
      const policies = policiesFor(view, pod, way);
      if (address === undefined || policies.length === 0) continue;
      const chain = `${MAIN_CHAIN}-${way === "ingress" ? "I" : "E"}-${addressNumber(address).toString(16)}`;
      if (chains.includes(chain)) continue;
      chains.push(chain);
      jumps.push(`-A ${MAIN_CHAIN} ${way === "ingress" ? "-d" : "-s"} ${address}/32 -j ${chain}`);
      for (const words of allowed(view, pod, way, policies)) rules.push(`-A ${chain} ${words} -j RETURN`);
      rules.push(`-A ${chain} -j REJECT`);
    }
  const gone = before.filter((chain) => !chains.includes(chain));
  const text = [
    "*filter",
    ...[MAIN_CHAIN, ...chains, ...gone].map((chain) => `:${chain} - [0:0]`),
    `-A ${MAIN_CHAIN} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN`,
    ...trusted.map((address) => `-A ${MAIN_CHAIN} -s ${address}/32 -j RETURN`),
    ...jumps,
    ...rules,
    ...gone.map((chain) => `-X ${chain}`),
    "COMMIT",
    "",
  ].join("\n");
  return { text, chains };
}
