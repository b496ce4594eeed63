import { Declarations } from "../resilience/observe/declarations.ts";
import type { StackResources } from "../resilience/resource.ts";
import type { StackView } from "./rule.ts";

const indexed = new WeakMap<StackResources, Declarations>();

/** The declared resources of a stack, indexed by kind, name and label; all rules that look at one stack share the index. */
export function objectsOf({ stack }: Pick<StackView, "stack">): Declarations {
  const known = indexed.get(stack);
  if (known) return known;
  const objects = new Declarations([{ site: stack.stack, stack }]);
  indexed.set(stack, objects);
  return objects;
}
