import { readFileSync, statSync } from "node:fs";
import { InputError } from "../config/problem.ts";
import type { Problem } from "../config/problem.ts";
import { readStack } from "../resilience/read.ts";
import type { StackResources } from "../resilience/resource.ts";

/**
 * One stack from each file.
 *
 * @throws InputError with the faults of all files at once
 */
export function readStacks(files: readonly string[]): readonly StackResources[] {
  const problems: Problem[] = [];
  const stacks = files.flatMap((file) => {
    try {
      return [readStack(readText(file), file)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  for (const [index, { stack, origin }] of stacks.entries()) {
    const earlier = stacks.slice(0, index).find((other) => other.stack === stack);
    if (earlier)
      problems.push({
        offender: origin,
        rule: "one file for each stack",
        value: `stack ${stack}, which ${earlier.origin} holds too`,
        fix: "leave one of the two out",
      });
  }
  if (problems.length > 0) throw new InputError("Input files", problems);
  return stacks;
}

/** Longer files are refused before they are read: they are no stack. */
const LONGEST_BYTES = 400_000_000;

/** @throws InputError when it can't be read, or is too long for any stack */
export function readText(file: string): string {
  const refuse = (value: string): never => {
    throw new InputError("Input file", [
      { offender: file, rule: "a file that can be read", value, fix: "give the path of an exported stack" },
    ]);
  };
  try {
    const { size } = statSync(file);
    if (size > LONGEST_BYTES) return refuse(`${size} bytes`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof InputError) throw error;
    return refuse(error instanceof Error && "code" in error ? String(error.code) : String(error));
  }
}
