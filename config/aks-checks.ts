import type { AksParts } from "./aks-schema.ts";
import type { Problem } from "./problem.ts";

/** What does not fit together in the config of a site on Azure Kubernetes Service, as far as it can be read. */
export function aksChecks({ zones, workerPool, volumes }: AksParts): readonly Problem[] {
  const problems: Problem[] = [];
  if (workerPool && workerPool.min > workerPool.max)
    problems.push({
      offender: "holdfast:site.workerPool.min",
      rule: `at most workerPool.max, which is ${workerPool.max}`,
      value: String(workerPool.min),
      fix: "correct one of the two",
    });
  if (workerPool && zones && workerPool.min < zones.length)
    problems.push({
      offender: "holdfast:site.workerPool.min",
      rule: `at least ${zones.length}, the number of zones`,
      reason:
        "the workers are shared out over the zones: with fewer of them one zone has none, and its pods wait for ever",
      value: String(workerPool.min),
      fix: `write ${zones.length} or more, or name fewer zones`,
    });
  if (volumes === "zrs" && zones?.length === 1)
    problems.push({
      offender: "holdfast:site.volumes",
      rule: "lrs where the site has one zone only",
      reason: "a volume that outlives its zone is of use only to nodes in another one",
      value: volumes,
      fix: "write lrs, or name several zones",
    });
  return problems;
}
