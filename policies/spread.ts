import { selects } from "../resilience/observe/selectors.ts";
import { isObject, plain } from "../resilience/observe/field.ts";
import type { Field } from "../resilience/observe/field.ts";

/** Labels of nodes that Kubernetes knows from the start (1.33, well-known labels). */
export const HOSTNAME = "kubernetes.io/hostname";
export const ZONE = "topology.kubernetes.io/zone";

/** A rule that keeps pods of one kind apart. */
export interface Constraint {
  readonly kind: "anti-affinity" | "spread";
  readonly topologyKey: string;
  /** Must it hold, or is it a wish that the scheduler may leave unfulfilled? */
  readonly hard: boolean;
  /** Of `spread`: by how many pods one domain may be ahead of another. */
  readonly maxSkew: number;
  /** Of `spread`: with fewer domains than these, the emptiest counts as empty. */
  readonly minDomains: number;
  /** Are the pods of each version counted by themselves (matchLabelKeys)? */
  readonly byVersion: boolean;
}

type Labels = Readonly<Record<string, string>>;

/** What keeps a pod away from pods with all of these labels: constraints whose selector chooses every one of them. */
export function constraintsOf(podSpec: Field, labels: readonly Labels[]): readonly Constraint[] {
  const choosesAll = (term: Field): boolean => {
    const selector = term.get("labelSelector");
    return isObject(selector.value) && labels.every((own) => selects(selector, own) === true);
  };
  const spreads = podSpec
    .get("topologySpreadConstraints")
    .items()
    .filter(choosesAll)
    .map((one) => spreadOf(one));
  const affinity = podSpec.get("affinity", "podAntiAffinity");
  const required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution").items();
  const preferred = affinity
    .get("preferredDuringSchedulingIgnoredDuringExecution")
    .items()
    .map((one) => one.get("podAffinityTerm"));
  return [
    ...spreads,
    ...required.filter(choosesAll).map((term) => antiAffinity(term, true)),
    ...preferred.filter(choosesAll).map((term) => antiAffinity(term, false)),
  ];
}

/** Without `whenUnsatisfiable` a constraint must hold; `minDomains` is 1 by default (Kubernetes 1.33, PodSpec). */
function spreadOf(constraint: Field): Constraint {
  const number = (name: string): number => {
    const { value } = constraint.get(name);
    return typeof value === "number" ? value : 1;
  };
  return {
    kind: "spread",
    topologyKey: plain(constraint.get("topologyKey")) ?? "",
    hard: constraint.get("whenUnsatisfiable").value !== "ScheduleAnyway",
    maxSkew: number("maxSkew"),
    minDomains: number("minDomains"),
    byVersion: countsByVersion(constraint),
  };
}

function antiAffinity(term: Field, hard: boolean): Constraint {
  return apart(plain(term.get("topologyKey")) ?? "", hard, countsByVersion(term));
}

/** At most one pod in each domain. */
export function apart(topologyKey: string, hard: boolean, byVersion = false): Constraint {
  return { kind: "anti-affinity", topologyKey, hard, maxSkew: 1, minDomains: 1, byVersion };
}

const countsByVersion = (term: Field): boolean =>
  term
    .get("matchLabelKeys")
    .items()
    .some(({ value }) => value === "pod-template-hash");

/**
 * In how many domains the pods are at the fewest while a constraint that must hold is obeyed: as long as a domain is empty,
 * none may hold more than `maxSkew` pods.
 *
 * @param pods how many there are
 * @param domains how many values of the topology key the site's nodes have
 */
export function fewestDomains({ hard, maxSkew }: Constraint, pods: number, domains: number): number {
  return hard ? Math.min(domains, Math.ceil(pods / maxSkew)) : Math.min(pods, domains, 1);
}

/** How many pods find a place at all. */
export function mostPlaced({ kind, hard, maxSkew, minDomains }: Constraint, domains: number): number {
  if (!hard) return Infinity;
  switch (kind) {
    case "anti-affinity":
      return domains;
    case "spread":
      return domains === 0 ? 0 : minDomains > domains ? domains * maxSkew : Infinity;
    default: {
      const never: never = kind;
      throw new Error(`constraint ${String(never)}`);
    }
  }
}
