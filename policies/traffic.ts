import type { Declared } from "../resilience/observe/declarations.ts";
import { isObject, plain } from "../resilience/observe/field.ts";
import type { Field } from "../resilience/observe/field.ts";

/** Does a selector choose whatever there is? An absent one does not: it says nothing. */
export function choosesAll(selector: Field): boolean {
  return (
    isObject(selector.value) &&
    selector.get("matchLabels").entries().length === 0 &&
    selector.get("matchExpressions").items().length === 0
  );
}

/** Whom a rule of a NetworkPolicy lets pass that nobody can name: everybody, or addresses. Undefined: only chosen pods. */
export function strangers(rule: Field, direction: "from" | "to"): string | undefined {
  const peers = rule.get(direction).items();
  if (peers.length === 0) return "everybody";
  const block = peers.find((peer) => !peer.get("ipBlock").absent);
  return block && `the addresses ${plain(block.get("ipBlock", "cidr")) ?? "of an ipBlock"}`;
}

/** A rule that chooses pods by nothing: all of a namespace, or of the cluster. */
export function anyPods(rule: Field, direction: "from" | "to"): string | undefined {
  for (const peer of rule.get(direction).items()) {
    const [spaces, pods] = [peer.get("namespaceSelector"), peer.get("podSelector")];
    if (choosesAll(spaces) && (pods.absent || choosesAll(pods))) return "every pod of the cluster";
    if (spaces.absent && choosesAll(pods)) return "every pod of its namespace";
  }
  return undefined;
}

/** Directions in which a policy lets every pod of its namespace speak with everybody, on every port. */
export function opened({ inputs }: Declared): readonly string[] {
  const spec = inputs.get("spec");
  if (!choosesAll(spec.get("podSelector"))) return [];
  const free = (rules: string, direction: "from" | "to"): boolean =>
    spec
      .get(rules)
      .items()
      .some((rule) => rule.get("ports").items().length === 0 && isEverybody(rule, direction));
  return [...(free("ingress", "from") ? ["in"] : []), ...(free("egress", "to") ? ["out"] : [])];
}

function isEverybody(rule: Field, direction: "from" | "to"): boolean {
  const peers = rule.get(direction).items();
  return (
    peers.length === 0 ||
    peers.some(
      (peer) =>
        ["0.0.0.0/0", "::/0"].includes(plain(peer.get("ipBlock", "cidr")) ?? "") &&
        peer.get("ipBlock", "except").items().length === 0,
    )
  );
}
