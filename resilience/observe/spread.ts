import { known } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { SpreadDomain } from "../system.ts";
import type { Field } from "./field.ts";

type Strictness = "required" | "preferred" | "none";

/** How the pods of one workload, or of several that one rule chooses, are kept apart. */
export interface SpreadFacts {
  readonly spread: Fact<Strictness>;
  /** Absent where the pods are not kept apart. */
  readonly spreadOver?: Fact<SpreadDomain>;
}

/** Well-known labels of nodes (Kubernetes 1.33). Pods in different zones are on different nodes. */
const DOMAINS: readonly (readonly [SpreadDomain, string])[] = [
  ["zone", "topology.kubernetes.io/zone"],
  ["node", "kubernetes.io/hostname"],
];

/** The domain of a topology key; undefined for any other label. */
export function domainOf(topologyKey: unknown): SpreadDomain | undefined {
  return DOMAINS.find(([, key]) => key === topologyKey)?.[0];
}

/** By spread constraints or anti-affinity: what must hold goes before what should, zones go before nodes. */
export function spreadOf(podSpec: Field): SpreadFacts {
  const constraints = podSpec.get("topologySpreadConstraints");
  const affinity = podSpec.get("affinity", "podAntiAffinity");
  for (const field of [constraints, affinity])
    if (field.pending || field.secret) return { spread: field.read<Strictness>("a spread", () => undefined) };
  const required = strictTerms(podSpec);
  const preferred = [
    ...constraints.items().map((one) => ({ rule: one, key: one.get("topologyKey") })),
    ...affinity
      .get("preferredDuringSchedulingIgnoredDuringExecution")
      .items()
      .map((one) => ({ rule: one, key: one.get("podAffinityTerm", "topologyKey") })),
  ];
  for (const [strictness, terms] of [
    ["required", required],
    ["preferred", preferred],
  ] as const) {
    for (const [domain, label] of DOMAINS) {
      const found = terms.find(({ key }) => key.value === label);
      if (found) return { spread: known(strictness, found.rule.source), spreadOver: known(domain, found.key.source) };
    }
  }
  return { spread: known("none", constraints.source) };
}

/** A rule without which a pod is not scheduled. */
export interface StrictTerm {
  readonly rule: Field;
  readonly key: Field;
  readonly selector: Field;
}

export function strictTerms(podSpec: Field): readonly StrictTerm[] {
  return [
    ...podSpec
      .get("topologySpreadConstraints")
      .items()
      // Where nothing is said the API server fills in DoNotSchedule (Kubernetes 1.33).
      .filter((one) => one.get("whenUnsatisfiable").value !== "ScheduleAnyway"),
    ...podSpec.get("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution").items(),
  ].map((rule) => ({ rule, key: rule.get("topologyKey"), selector: rule.get("labelSelector") }));
}
