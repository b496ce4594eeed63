import type { PolicyPlan, PolicySpec } from "../../components/network-policies.ts";

/** One end of a connection: a pod, or an address outside the cluster. */
export type End =
  { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } | { readonly address: string };

type Selector = PolicySpec["podSelector"];
type Rule = NonNullable<PolicySpec["ingress"]>[number];
type RulePeer = NonNullable<Rule["from"]>[number];
type Protocol = "TCP" | "UDP";

/**
 * Would a cluster that enforces these policies let `source` open a connection to `port` of `target`? As Kubernetes
 * defines it (1.33): an end that some policy selects for a direction needs a rule of one such policy; an end that none
 * selects, or outside the cluster, is free. Throws upon what the policies under test do not use.
 */
export function allows(
  policies: readonly PolicyPlan[],
  source: End,
  target: End,
  port: number,
  protocol: Protocol = "TCP",
): boolean {
  const leaves = rulesFor(policies, source, "Egress")?.some(
    ({ to, ports }) => matchesEnd(to, source, target) && matchesPort(ports, port, protocol),
  );
  const enters = rulesFor(policies, target, "Ingress")?.some(
    ({ from, ports }) => matchesEnd(from, target, source) && matchesPort(ports, port, protocol),
  );
  return (leaves ?? true) && (enters ?? true);
}

type Direction = "Ingress" | "Egress";

/** All rules of the policies that select this end for the direction; undefined when none selects it. */
function rulesFor(policies: readonly PolicyPlan[], end: End, direction: Direction) {
  if ("address" in end) return undefined;
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      namespace === end.namespace &&
      (spec.policyTypes ?? []).includes(direction) &&
      matchesLabels(spec.podSelector, end.labels),
  );
  if (selecting.length === 0) return undefined;
  return selecting.flatMap(({ spec }): readonly { from?: RulePeer[]; to?: RulePeer[]; ports?: Rule["ports"] }[] =>
    direction === "Ingress" ? (spec.ingress ?? []) : (spec.egress ?? []),
  );
}

/** @param at the end whose policy it is: a peer without a namespace selector means pods of that end's namespace */
function matchesEnd(peers: readonly RulePeer[] | undefined, at: End, other: End): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock) return "address" in other && ipBlock.cidr === `${other.address}/32`;
    if ("address" in other || "address" in at) return false;
    const place = namespaceSelector
      ? matchesLabels(namespaceSelector, { "kubernetes.io/metadata.name": other.namespace })
      : other.namespace === at.namespace;
    return place && matchesLabels(podSelector ?? {}, other.labels);
  });
}

function matchesPort(wanted: Rule["ports"], port: number, protocol: Protocol): boolean {
  if (wanted === undefined || wanted.length === 0) return true;
  return wanted.some((one) => {
    if (typeof one.port !== "number" || one.endPort !== undefined)
      throw new Error("only single ports by number are known");
    return one.port === port && (one.protocol ?? "TCP") === protocol;
  });
}

function matchesLabels(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const expressed = (selector.matchExpressions ?? []).every(({ key, operator }) => {
    if (operator !== "Exists") throw new Error(`operator ${operator} is not known`);
    return key in labels;
  });
  return exact && expressed;
}
