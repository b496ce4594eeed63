import type { Rule } from "../rule.ts";
import { disruptionBudgets } from "./disruption-budgets.ts";
import { pinnedImages } from "./pinned-images.ts";

/** Every rule, in the order in which they are told: one import and one line each. */
export const rules: readonly Rule[] = [disruptionBudgets, pinnedImages];
