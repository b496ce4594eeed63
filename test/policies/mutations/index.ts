import type { Mutation } from "../mutation.ts";
import { disruptionBudgets } from "./disruption-budgets.ts";
import { pinnedImages } from "./pinned-images.ts";

/** At least one for every rule, as a test demands. */
export const mutations: readonly Mutation[] = [...disruptionBudgets, ...pinnedImages];
