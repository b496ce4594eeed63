import { InputError } from "../config/problem.ts";
import { isOutcomes, readOutcomes } from "./changes/document.ts";
import type { OutcomesDocument } from "./changes/document.ts";
import { readStacks, readText } from "./input-files.ts";
import type { StackResources } from "../resilience/resource.ts";

/** What the new state is compared with. */
export type Base = { readonly outcomes: OutcomesDocument } | { readonly stacks: readonly StackResources[] };

/**
 * The base is either one file of outcomes (`check --json`, outcomes.json of a plan) or the stacks of its sites; which of
 * the two is told by what stands in the files.
 *
 * @throws InputError when a file is neither, or outcomes are mixed with other files
 */
export function readBase(files: readonly string[]): Base {
  const outcomes = files.flatMap((file) => {
    const value = parsed(readText(file));
    return isOutcomes(value) ? [{ file, value }] : [];
  });
  const [first] = outcomes;
  if (!first) return { stacks: readStacks(files) };
  if (files.length > 1) {
    throw new InputError("Command line", [
      {
        offender: "--base",
        rule: "one file of outcomes, or the stack files of all sites",
        value: `${files.length} files, of which ${outcomes.map(({ file }) => file).join(", ")} ${outcomes.length === 1 ? "holds" : "hold"} outcomes`,
        fix: `--base ${first.file}`,
      },
    ]);
  }
  return { outcomes: readOutcomes(first.value, first.file) };
}

/** Text that is no JSON is no outcomes either; whoever reads it as a stack says what is wrong with it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch {
    return undefined;
  }
}
