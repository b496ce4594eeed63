import type { Resource, StackResources } from "../../resilience/resource.ts";
import type { Inputs } from "../resilience/observe/planned.ts";

/** Which of the good platforms a mutation starts from. */
export type Happy = "two-sites" | "all-azure";

/** One change to a good platform that breaks exactly one rule. */
export interface Mutation {
  /** The rule that it breaks. */
  readonly rule: string;
  /** What somebody did, for the test's name. */
  readonly what: string;
  /** Part of what the rule must say: it may fail for this reason only. */
  readonly says: RegExp;
  /** @default two-sites */
  readonly from?: Happy;
  change(stacks: readonly StackResources[]): readonly StackResources[];
}

type Which = (resource: Resource, stack: string) => boolean;

/** The objects of a kind, by the end of their type (`:Deployment`) and, if it is given, `metadata.name`. */
export function object(kind: string, name?: string, namespace?: string): Which {
  return ({ type, inputs }) => {
    const metadata = (inputs["metadata"] ?? {}) as { name?: unknown; namespace?: unknown };
    return (
      type.endsWith(`:${kind}`) &&
      (name === undefined || metadata.name === name) &&
      (namespace === undefined || metadata.namespace === namespace)
    );
  };
}

/** The component of a type, `Zone`. */
export function component(type: string): Which {
  return (resource) => resource.type === `holdfast:platform:${type}`;
}

/** Changes the document of a MongoDB replica set that a ConfigMap holds. */
export function replicaSet(edit: (document: Inputs) => void): (inputs: Inputs) => void {
  return ({ data }) => {
    const document = JSON.parse(data["replica-set.json"]) as Inputs;
    edit(document);
    data["replica-set.json"] = JSON.stringify(document);
  };
}

export function at(site: string, which: Which): Which {
  return (resource, stack) => stack === site && which(resource, stack);
}

/** Changes the inputs of the resources that are meant; none is an error, or the test would show nothing. */
export function change(which: Which, edit: (inputs: Inputs) => void): Mutation["change"] {
  return (stacks) =>
    eachMeant(stacks, which, (resource) => {
      const inputs = structuredClone(resource.inputs) as Inputs;
      edit(inputs);
      return [{ ...resource, inputs }];
    });
}

/** Takes the resources that are meant away. */
export function remove(which: Which): Mutation["change"] {
  return (stacks) => eachMeant(stacks, which, () => []);
}

/** Declares another resource beside the one that is meant: a copy of it with another name, changed. */
export function addLike(which: Which, name: string, edit: (inputs: Inputs) => void): Mutation["change"] {
  return (stacks) =>
    eachMeant(stacks, which, (resource) => {
      const inputs = structuredClone(resource.inputs) as Inputs;
      inputs["metadata"] = { ...(inputs["metadata"] as object), name };
      edit(inputs);
      const urn = `${resource.urn.split("::").slice(0, 3).join("::")}::${name}`;
      return [resource, { ...resource, urn, name, inputs }];
    });
}

function eachMeant(
  stacks: readonly StackResources[],
  which: Which,
  replace: (resource: Resource) => readonly Resource[],
): readonly StackResources[] {
  let count = 0;
  const changed = stacks.map((stack) => ({
    ...stack,
    resources: stack.resources.flatMap((resource) => {
      if (!which(resource, stack.stack)) return [resource];
      count++;
      return replace(resource);
    }),
  }));
  if (count === 0) throw new Error("no resource is meant by the mutation");
  return changed;
}
