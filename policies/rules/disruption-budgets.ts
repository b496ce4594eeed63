import type { Declarations, Declared } from "../../resilience/observe/declarations.ts";
import { orDefault, plain } from "../../resilience/observe/field.ts";
import type { Field } from "../../resilience/observe/field.ts";
import { selectsWorkload } from "../../resilience/observe/selectors.ts";
import { counted, Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import type { StackRule, StackView } from "../rule.ts";

/** Fewer can't be kept running while one is moved: a budget would only block the move. */
const FEWEST = 2;

export const disruptionBudgets: StackRule = {
  kind: "stack",
  name: "disruption-budgets",
  what: "Pods that stand in for each other have a PodDisruptionBudget, which lets some of them be moved, but not all.",
  ids: ["R5"],
  why: "Without one, draining a node for maintenance may stop all of its pods at once; one that lets none go stops the maintenance.",
  fix: "Declare a PodDisruptionBudget whose selector chooses the pods, with maxUnavailable: 1.",
  level: "mandatory",
  subject: "a workload of two replicas or more",
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    for (const workload of [...objects.ofKind("apps/Deployment"), ...objects.ofKind("apps/StatefulSet")])
      judge(objects, { what: `${workload.namespace}/${workload.name}`, workloads: [workload] }, findings);
    for (const group of members(view, objects)) judge(objects, group, findings);
    for (const cluster of objects.ofKind("postgresql.cnpg.io/Cluster")) instances(cluster, findings);
    return findings.verdict();
  },
};

interface Group {
  readonly what: string;
  readonly workloads: readonly Declared[];
}

/** Members of a MongoDB replica set at this site, each a workload of one pod; arbiters vote as well. */
function members({ system }: StackView, objects: Declarations): readonly Group[] {
  return system.mongo.flatMap(({ name, members: all }) => {
    const workloads = all.flatMap(({ urn }) => objects.byUrn(urn ?? "") ?? []);
    return workloads.length < FEWEST ? [] : [{ what: `MongoDB (${name})`, workloads }];
  });
}

function judge(objects: Declarations, { what, workloads }: Group, findings: Findings): void {
  const [first] = workloads;
  const pods = podsOf(workloads, findings);
  if (!first || pods === undefined || pods < FEWEST) return;
  findings.subject();
  const budgets = objects
    .ofKind("policy/PodDisruptionBudget")
    .filter(
      (budget) =>
        budget.namespace === first.namespace &&
        workloads.every((workload) => selectsWorkload(budget.inputs.get("spec", "selector"), workload)),
    );
  if (budgets.length === 0)
    findings.add(first.urn, `${what} has ${counted(pods, "replica")} and no PodDisruptionBudget.`);
  for (const { name, urn, inputs } of budgets) {
    const spec = inputs.get("spec");
    const free = evictable(spec, pods);
    if (free === undefined) findings.wait(`how many pods of ${what} PodDisruptionBudget ${name} lets go`);
    else if (free >= pods)
      findings.add(
        urn,
        `PodDisruptionBudget ${name} lets all ${pods} pods of ${what} go at once. Set maxUnavailable: 1.`,
      );
    else if (free < 1)
      findings.add(
        urn,
        `PodDisruptionBudget ${name} lets no pod of ${what} go: no node can be drained. Set maxUnavailable: 1.`,
      );
  }
}

function podsOf(workloads: readonly Declared[], findings: Findings): number | undefined {
  const counts = workloads.map(({ inputs, name, urn }) => {
    const field = inputs.get("spec", "replicas");
    return findings.read(orDefault(field, field.number(), 1), `the number of replicas of ${name}`, urn, "Declare it");
  });
  return counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
}

/**
 * How many pods may be away at once. Shares are rounded up (Kubernetes 1.33, PodDisruptionBudgetSpec); one that says
 * nothing lets none be fewer than all.
 */
function evictable(spec: Field, pods: number): number | undefined {
  const [least, most] = [spec.get("minAvailable"), spec.get("maxUnavailable")];
  if (least.pending || most.pending) return undefined;
  if (!most.absent) return countOf(most, pods);
  return least.absent ? 0 : pods - countOf(least, pods);
}

function countOf(field: Field, pods: number): number {
  const share = /^(\d+)%$/.exec(plain(field) ?? "")?.[1];
  return share === undefined ? Number(field.value) : Math.ceil((Number(share) / 100) * pods);
}

/** The operator makes the budgets of its instances, unless it is told not to (CloudNativePG 1.27, enablePDB). */
function instances({ name, urn, inputs }: Declared, findings: Findings): void {
  const spec = inputs.get("spec");
  const pods = spec.get("instances").value;
  if (typeof pods !== "number" || pods < FEWEST) return;
  findings.subject();
  if (spec.get("enablePDB").value === false)
    findings.add(urn, `Cluster ${name} has ${pods} instances and enablePDB: false. Leave it out.`);
}
