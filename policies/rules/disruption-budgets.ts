import { orDefault } from "../../resilience/observe/field.ts";
import { selectsWorkload } from "../../resilience/observe/selectors.ts";
import { objectsOf } from "../objects.ts";
import type { Finding, StackRule } from "../rule.ts";

/** Fewer can't be kept running while one is moved: a budget would only block the move. */
const FEWEST = 2;

export const disruptionBudgets: StackRule = {
  kind: "stack",
  name: "disruption-budgets",
  what: "Every workload of two replicas or more has a PodDisruptionBudget.",
  ids: ["R5"],
  why: "Without one, draining a node for maintenance may stop all of its pods at once.",
  fix: "Declare a PodDisruptionBudget whose selector chooses the workload's pods.",
  level: "mandatory",
  subject: "a Deployment or StatefulSet of two replicas or more",
  evaluate(view) {
    const objects = objectsOf(view);
    const budgets = objects.ofKind("policy/PodDisruptionBudget");
    const findings: Finding[] = [];
    const pending: string[] = [];
    let evaluated = 0;
    for (const workload of [...objects.ofKind("apps/Deployment"), ...objects.ofKind("apps/StatefulSet")]) {
      const field = workload.inputs.get("spec", "replicas");
      const replicas = orDefault(field, field.number(), 1);
      if (replicas.state === "pending") pending.push(`${replicas.why} (${workload.urn})`);
      if (replicas.state === "unknown") findings.push({ urn: workload.urn, message: `${replicas.why}.` });
      if (replicas.state !== "known" || replicas.value < FEWEST) continue;
      evaluated++;
      const has = budgets.some(
        (budget) =>
          budget.namespace === workload.namespace && selectsWorkload(budget.inputs.get("spec", "selector"), workload),
      );
      if (!has)
        findings.push({
          urn: workload.urn,
          message: `${workload.namespace}/${workload.name} has ${replicas.value} replicas and no PodDisruptionBudget.`,
        });
    }
    return { evaluated, findings, pending };
  },
};
