import { known, unknown } from "../fact.ts";
import type { Fact, Source } from "../fact.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";
import { parseQuantity } from "./quantities.ts";

/** The container that does a workload's work: the one of its name, else the first. */
export function mainContainer(podSpec: Field, name: string): Field {
  const containers = podSpec.get("containers").items();
  return containers.find((container) => plain(container.get("name")) === name) ?? podSpec.get("containers", 0);
}

/** Plain environment of a container; what a ConfigMap gives is looked up, what a Secret gives stays out of it. */
export function environmentOf(
  declarations: Declarations,
  workload: Declared,
  container: Field,
): ReadonlyMap<string, Field> {
  const found = new Map<string, Field>();
  const configMap = (name: Field): Declared | undefined =>
    declarations.find(workload.site, "/ConfigMap", workload.namespace, plain(name) ?? "");
  for (const from of container.get("envFrom").items()) {
    const data = configMap(from.get("configMapRef", "name"))?.inputs.get("data");
    for (const [key, value] of data?.entries() ?? []) found.set((plain(from.get("prefix")) ?? "") + key, value);
  }
  for (const variable of container.get("env").items()) {
    const name = plain(variable.get("name"));
    if (name === undefined) continue;
    const reference = variable.get("valueFrom", "configMapKeyRef");
    const value = reference.absent
      ? variable.get("value")
      : configMap(reference.get("name"))?.inputs.get("data", plain(reference.get("key")) ?? "");
    if (value) found.set(name, value);
  }
  return found;
}

/** What the pod asks of its node: the sum of its containers; an absent request is the limit (Kubernetes 1.33). */
export function requestOf(podSpec: Field, resource: "cpu" | "memory"): Fact<number> {
  let sum = 0;
  let source: Source = podSpec.source;
  for (const container of podSpec.get("containers").items()) {
    const request = container.get("resources", "requests", resource);
    const limit = container.get("resources", "limits", resource);
    const fact = (request.absent ? limit : request).read("an amount such as 250m or 1Gi", parseQuantity);
    if (fact.state !== "known")
      return fact.state === "pending" ? fact : unknown(`${request.path} can't be read: ${fact.why}`, request.source);
    sum += fact.value;
    source = fact.source;
  }
  return known(sum, source);
}

/** The component that made a workload, if one of ours did. */
export function componentOf(declarations: Declarations, workload: Declared): Field | undefined {
  return declarations.ancestor(workload, "holdfast:platform:Service")?.inputs;
}
