import { Field } from "../../resilience/observe/field.ts";
import { parseQuantity } from "../../resilience/observe/quantities.ts";
import { containersOf, POD_TYPES, podSpecOf } from "../pods.ts";
import type { Finding, ResourceRule } from "../rule.ts";

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";

interface Asking {
  readonly name: string;
  readonly resources: Field;
}

function askersOf(resource: Parameters<ResourceRule["evaluate"]>[0]): readonly Asking[] {
  if (resource.type === CLUSTER)
    return [{ name: "postgres", resources: new Field(resource.urn, "", resource.inputs).get("spec", "resources") }];
  const podSpec = podSpecOf(resource);
  return podSpec ? containersOf(podSpec).map(({ name, field }) => ({ name, resources: field.get("resources") })) : [];
}

export const requests: ResourceRule = {
  kind: "resource",
  name: "requests",
  what: "Every container requests CPU and memory.",
  ids: ["R1", "R5"],
  why: "Otherwise nothing keeps a node from taking more pods than it can run, and a full node kills those that asked for nothing first.",
  fix: "Set resources.requests.cpu and resources.requests.memory of the container.",
  level: "mandatory",
  types: [...POD_TYPES, CLUSTER],
  evaluate(resource) {
    const findings: Finding[] = [];
    const pending: string[] = [];
    const askers = askersOf(resource);
    if (askers.length === 0) findings.push({ urn: resource.urn, message: "No container of it could be read." });
    for (const { name, resources } of askers) {
      for (const what of ["cpu", "memory"]) {
        // An absent request is the limit (Kubernetes 1.33).
        const places = [resources.get("requests", what), resources.get("limits", what)];
        if (places.some((field) => field.pending)) pending.push(`how much ${what} container ${name} requests`);
        else if (parseQuantity((places.find((field) => !field.absent) ?? places[0])?.value ?? 0) === 0)
          findings.push({ urn: resource.urn, message: `Container ${name} requests no ${what}.` });
      }
    }
    return { findings, pending };
  },
};
