import { plain } from "../../resilience/observe/field.ts";
import type { Field } from "../../resilience/observe/field.ts";
import { containersOf, podSpecOf, SERVING_TYPES } from "../pods.ts";
import type { Finding, ResourceRule } from "../rule.ts";

/** The container that does the work: the one with the workload's name, else the first. */
function isMain(podSpec: Field, container: Field, name: string | undefined): boolean {
  const containers = podSpec.get("containers").items();
  const main = containers.find((one) => plain(one.get("name")) === name) ?? containers[0];
  return main?.path === container.path;
}

export const probes: ResourceRule = {
  kind: "resource",
  name: "probes",
  what: "Every pod that serves has a readiness and a liveness probe, and every container beside it that listens on a port a liveness probe.",
  ids: ["R5", "R8", "C8"],
  why: "A program that hangs without ending is otherwise never restarted, and gets requests that it does not answer.",
  fix: "Give the container a readinessProbe that fails while it can't answer, and a livenessProbe that fails only when a restart helps.",
  level: "mandatory",
  types: SERVING_TYPES,
  evaluate(resource) {
    const findings: Finding[] = [];
    const pending: string[] = [];
    const podSpec = podSpecOf(resource);
    const containers = podSpec ? containersOf(podSpec).filter(({ role }) => role !== "init") : [];
    if (containers.length === 0) findings.push({ urn: resource.urn, message: "No container of it could be read." });
    for (const { name, field } of containers) {
      const main = podSpec !== undefined && isMain(podSpec, field, resource.name);
      const listens = field.get("ports").items().length > 0;
      const wanted = main ? ["readinessProbe", "livenessProbe"] : listens ? ["livenessProbe"] : [];
      for (const probe of wanted) {
        if (field.get(probe).pending) pending.push(`the ${probe} of container ${name}`);
        else if (field.get(probe).absent)
          findings.push({ urn: resource.urn, message: `Container ${name} has no ${probe}.` });
      }
    }
    return { findings, pending };
  },
};
