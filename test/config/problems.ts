import { InputError } from "../../config/problem.ts";
import type { Problem } from "../../config/problem.ts";

/** The faults that are found in a config; none if it is taken. */
export function problemsIn(load: () => unknown): readonly Problem[] {
  try {
    load();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}
