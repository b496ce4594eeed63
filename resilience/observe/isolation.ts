import type { NetworkIsolation } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { podLabels } from "./declarations.ts";
import { isObject, plain } from "./field.ts";
import type { Field } from "./field.ts";
import type { Gateway } from "./gateways.ts";
import { selects } from "./hosts.ts";

const COMPONENT = "app.kubernetes.io/component";
const ANYBODY = "*";

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
    const policies = declarations.ofKind("networking.k8s.io/NetworkPolicy", site);
    const entries = entriesOf(declarations, workload, policies);
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
function deniesAll(policy: Declared): boolean {
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
function entriesOf(
  declarations: Declarations,
  gateway: Declared,
  policies: readonly Declared[],
): ReadonlyMap<string, readonly string[]> {
  const own = policies.filter(
    (policy) => policy.namespace === gateway.namespace && isAbout(declarations, policy, gateway),
  );
  // A pod that no policy for incoming traffic selects takes everything.
  if (own.length === 0) return new Map([[ANYBODY, [ANYBODY]]]);
  const entries = new Map<string, string[]>();
  const admit = (namespace: string, who: string): void =>
    void entries.set(namespace, [...(entries.get(namespace) ?? []), who]);
  for (const rule of own.flatMap((policy) => policy.inputs.get("spec", "ingress").items())) {
    if (isTunnelOnly(rule)) continue;
    const peers = rule.get("from").items();
    if (peers.length === 0) admit(ANYBODY, ANYBODY);
    for (const peer of peers) {
      if (!peer.get("ipBlock").absent) admit(ANYBODY, plain(peer.get("ipBlock", "cidr")) ?? ANYBODY);
      else admit(namespaceOf(peer.get("namespaceSelector"), gateway.namespace), labelOf(peer.get("podSelector")));
    }
  }
  return entries;
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

/** The tunnel's own UDP port is open to the world: what comes in there is WireGuard's to let in. */
function isTunnelOnly(rule: Field): boolean {
  const ports = rule.get("ports").items();
  return ports.length > 0 && ports.every((port) => port.get("protocol").value === "UDP");
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
  return labels.length > 0
    ? labels.map(([name, { value }]) => `${name}=${String(value)}`).join(",")
    : JSON.stringify(selector.value);
}
