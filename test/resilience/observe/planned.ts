import { stackResources } from "../../../planner/harness.ts";
import { planTopology } from "../../../planner/plan.ts";
import { readProject } from "../../../planner/stack-files.ts";
import type { Resource, StackResources } from "../../../resilience/resource.ts";
import { masterSlave } from "../../../topologies/master-slave.ts";

let planned: Promise<readonly StackResources[]> | undefined;

/** The resources that the program itself declares for S1, as it stands: planned once for all tests. */
export function plannedStacks(): Promise<readonly StackResources[]> {
  planned ??= planTopology(readProject(process.cwd()), masterSlave).then(({ sites }) =>
    sites.map(({ site, result }) => stackResources(result, `plan of ${site}`)),
  );
  return planned;
}

/** Inputs that a test may write into. */
export type Inputs = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const isObject = (resource: Resource, kind: string, name: string): boolean =>
  resource.type.endsWith(`:${kind}`) && (resource.inputs["metadata"] as { name?: string } | undefined)?.name === name;

/** A copy in which one object of a site is changed, as somebody would edit a `stack export`. */
export function edited(
  stacks: readonly StackResources[],
  site: string,
  kind: string,
  name: string,
  change: (inputs: Inputs) => void,
): readonly StackResources[] {
  let count = 0;
  const copy = stacks.map((stack) => ({
    ...stack,
    resources: stack.resources.map((resource) => {
      const isMeant =
        stack.stack === site &&
        (isObject(resource, kind, name) || (resource.type.endsWith(`:${kind}`) && resource.name === name));
      if (!isMeant) return resource;
      count++;
      const inputs = structuredClone(resource.inputs) as Inputs;
      change(inputs);
      return { ...resource, inputs };
    }),
  }));
  if (count !== 1) throw new Error(`${count} resources are ${kind} ${name} at ${site}: one is wanted`);
  return copy;
}

/** A copy without one object of a site. @param namespace where two namespaces have one of this name */
export function without(
  stacks: readonly StackResources[],
  site: string,
  kind: string,
  name: string,
  namespace = "platform",
): readonly StackResources[] {
  const isMeant = (resource: Resource): boolean =>
    isObject(resource, kind, name) &&
    (resource.inputs["metadata"] as { namespace?: string } | undefined)?.namespace === namespace;
  const copy = stacks.map((stack) =>
    stack.stack === site ? { ...stack, resources: stack.resources.filter((resource) => !isMeant(resource)) } : stack,
  );
  const count = (all: readonly StackResources[]): number =>
    all.reduce((sum, { resources }) => sum + resources.length, 0);
  if (count(stacks) - count(copy) !== 1) throw new Error(`there is not one ${kind} ${namespace}/${name} at ${site}`);
  return copy;
}
