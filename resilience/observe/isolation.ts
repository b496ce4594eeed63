import type { NetworkIsolation } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { podLabels } from "./declarations.ts";
import { isObject, plain } from "./field.ts";
import type { Field } from "./field.ts";
import type { Gateway } from "./gateways.ts";
import { selects } from "./selectors.ts";

const COMPONENT = "app.kubernetes.io/component";
const ANYBODY = "*";
const POLICY = "networking.k8s.io/NetworkPolicy";
/** The label that CloudNativePG gives to every instance. */
const INSTANCE = "cnpg.io/cluster";

/**
 * What the NetworkPolicies of a site say about its gateway: for the gateway's own namespace, and for every other one
 * whose policies or whose pods it is about.
 */
export function observeIsolation(
  declarations: Declarations,
  gateways: readonly Gateway[],
): readonly NetworkIsolation[] {
  return gateways.flatMap((gateway) => {
    const { site, workload } = gateway;
    const policies = declarations.ofKind(POLICY, site);
    const entries = entriesOf(declarations, gateway);
    const namespaces = new Set([workload.namespace, ...policies.map(({ namespace }) => namespace), ...entries.keys()]);
    namespaces.delete(ANYBODY);
    return [...namespaces].map((namespace): NetworkIsolation => {
      const deny = policies.find((policy) => policy.namespace === namespace && deniesAll(policy));
      const admits = [...(entries.get(namespace) ?? []), ...(entries.get(ANYBODY) ?? [])];
      return {
        site,
        namespace,
        urn: deny?.urn ?? workload.urn,
        defaultDeny: deny !== undefined,
        admits: [...new Set(admits)],
      };
    });
  });
}

/** All pods of the namespace, both directions, and nothing allowed. */
export function deniesAll(policy: Declared): boolean {
  const spec = policy.inputs.get("spec");
  const selector = spec.get("podSelector");
  const types = spec
    .get("policyTypes")
    .items()
    .map(({ value }) => value);
  const empty = (rules: Field): boolean => rules.absent || (Array.isArray(rules.value) && rules.value.length === 0);
  const everyPod =
    isObject(selector.value) &&
    selector.get("matchLabels").entries().length === 0 &&
    selector.get("matchExpressions").items().length === 0 &&
    !selector.pending &&
    !selector.secret;
  return (
    everyPod &&
    types.includes("Ingress") &&
    types.includes("Egress") &&
    empty(spec.get("ingress")) &&
    empty(spec.get("egress"))
  );
}

/** Who may enter the gateway, by namespace; {@link ANYBODY} as the namespace: from everywhere. */
function entriesOf(declarations: Declarations, gateway: Gateway): ReadonlyMap<string, readonly string[]> {
  const rules = entryRules(declarations, gateway);
  if (!rules) return new Map([[ANYBODY, [ANYBODY]]]);
  const entries = new Map<string, string[]>();
  const admit = (namespace: string, who: string): void =>
    void entries.set(namespace, [...(entries.get(namespace) ?? []), who]);
  const inner = tunnelPorts(gateway);
  for (const rule of rules) {
    if (!inner.some((port) => opens(rule, port))) continue;
    const peers = rule.get("from").items();
    if (peers.length === 0) admit(ANYBODY, ANYBODY);
    for (const peer of peers) {
      if (!peer.get("ipBlock").absent) admit(ANYBODY, plain(peer.get("ipBlock", "cidr")) ?? ANYBODY);
      else
        admit(namespaceOf(peer.get("namespaceSelector"), gateway.workload.namespace), labelOf(peer.get("podSelector")));
    }
  }
  return entries;
}

/** Does any policy let anybody into a port of the gateway? A gateway that no policy selects is open. */
export function mayEnter(declarations: Declarations, gateway: Gateway, port: number): boolean {
  const rules = entryRules(declarations, gateway);
  return rules === undefined || rules.some((rule) => opens(rule, port));
}

/** The rules for incoming traffic that hold for the gateway; undefined: no policy selects it, so it takes everything. */
function entryRules(declarations: Declarations, { site, workload }: Gateway): readonly Field[] | undefined {
  const policies = declarations
    .ofKind(POLICY, site)
    .filter((policy) => policy.namespace === workload.namespace && isAbout(declarations, policy, workload));
  return policies.length === 0 ? undefined : policies.flatMap((policy) => policy.inputs.get("spec", "ingress").items());
}

/** Ports on which the gateway takes connections that are meant for the other sites; if they can't be read, all are. */
function tunnelPorts({ forwards }: Gateway): readonly number[] {
  return forwards.state === "known"
    ? forwards.value
        .filter(({ address, servers }) => address === undefined && servers.length > 0)
        .map(({ port }) => port)
    : [0];
}

/** Does a rule let TCP into a port? The tunnel's own UDP port is open to the world: WireGuard itself lets in or not. */
function opens(rule: Field, port: number): boolean {
  const ports = rule.get("ports").items();
  if (ports.length === 0) return true;
  return ports.some((one) => {
    const [from, to] = [one.get("port").value, one.get("endPort").value];
    const tcp = one.get("protocol").absent || one.get("protocol").value === "TCP";
    // A port by name is that of a container, which may be any.
    return (
      tcp &&
      (typeof from !== "number" ||
        port === 0 ||
        from === port ||
        (typeof to === "number" && from <= port && port <= to))
    );
  });
}

function isAbout(declarations: Declarations, policy: Declared, gateway: Declared): boolean {
  const spec = policy.inputs.get("spec");
  const types = spec.get("policyTypes");
  // Without policyTypes a policy is about incoming traffic (Kubernetes 1.33, networking/v1).
  const incoming = types.absent || types.items().some(({ value }) => value === "Ingress");
  const chosen = selects(spec.get("podSelector"), podLabels(gateway));
  if (chosen === undefined) declarations.miss(policy, "its podSelector can't be read");
  return incoming && chosen === true;
}

function namespaceOf(selector: Field, own: string): string {
  if (selector.absent) return own;
  return plain(selector.get("matchLabels", "kubernetes.io/metadata.name")) ?? ANYBODY;
}

function labelOf(selector: Field): string {
  const labels = selector.get("matchLabels").entries();
  if (labels.length === 0 && selector.get("matchExpressions").items().length === 0) return ANYBODY;
  const component = plain(selector.get("matchLabels", COMPONENT));
  if (component !== undefined) return component;
  const keys = [
    ...labels.map(([name]) => name),
    ...selector
      .get("matchExpressions")
      .items()
      .map((one) => plain(one.get("key"))),
  ];
  if (keys.every((key) => key === INSTANCE)) return "postgres";
  return labels.length > 0
    ? labels.map(([name, { value }]) => `${name}=${String(value)}`).join(",")
    : JSON.stringify(selector.value);
}
