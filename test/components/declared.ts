import type { RecordedResource } from "../../planner/harness.ts";

/** The value at a path such as `spec.template.spec.containers.0.image` of a resource's inputs; undefined: not there. */
export function at(resource: { readonly inputs: Readonly<Record<string, unknown>> }, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Array.isArray(value) ? (value[Number(key)] as unknown) : (value as Record<string, unknown>)[key];
  }, resource.inputs);
}

const kindOf = (resource: RecordedResource): unknown => at(resource, "kind") ?? resource.type.split(":").at(-1);

/** Kubernetes objects of a kind, by name. */
export function objects(resources: readonly RecordedResource[], kind: string): ReadonlyMap<string, RecordedResource> {
  const found = resources.filter((resource) => resource.type.startsWith("kubernetes:") && kindOf(resource) === kind);
  return new Map(found.map((resource) => [String(at(resource, "metadata.name")), resource]));
}

/** The one object of that kind and name. Throws when it is not declared. */
export function object(resources: readonly RecordedResource[], kind: string, name: string): RecordedResource {
  const found = objects(resources, kind).get(name);
  if (!found) throw new Error(`${kind} ${name} is not declared`);
  return found;
}

/** `<kind>/<name>` of every object, sorted. */
export function namesOf(resources: readonly RecordedResource[]): readonly string[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map((resource) => `${String(kindOf(resource))}/${String(at(resource, "metadata.name"))}`)
    .sort();
}

/** What the restricted Pod Security Standard (Kubernetes 1.33) asks and this pod does not do; empty: all of it. */
export function unrestricted(workload: RecordedResource): readonly string[] {
  const pod = "spec.template.spec";
  const lists = ["initContainers", "containers"].flatMap((list) => {
    const containers = at(workload, `${pod}.${list}`);
    return Array.isArray(containers) ? containers.map((_, index) => `${pod}.${list}.${index}`) : [];
  });
  const wanted: readonly (readonly [string, unknown])[] = [
    [`${pod}.securityContext.runAsNonRoot`, true],
    [`${pod}.securityContext.seccompProfile.type`, "RuntimeDefault"],
    ...lists.flatMap((container) => [
      [`${container}.securityContext.allowPrivilegeEscalation`, false] as const,
      [`${container}.securityContext.capabilities.drop.0`, "ALL"] as const,
      [`${container}.securityContext.capabilities.add`, undefined] as const,
    ]),
  ];
  return wanted.filter(([path, value]) => at(workload, path) !== value).map(([path]) => path);
}
