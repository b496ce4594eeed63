import { at, object, remove } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const disruptionBudgets: readonly Mutation[] = [
  {
    rule: "disruption-budgets",
    what: "the frontend's budget is gone",
    change: remove(at("aachen", object("PodDisruptionBudget", "frontend"))),
  },
];
