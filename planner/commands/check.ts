import { readFileSync, statSync } from "node:fs";
import { InputError } from "../../config/problem.ts";
import type { Problem } from "../../config/problem.ts";
import { readStack } from "../../resilience/read.ts";
import type { StackResources } from "../../resilience/resource.ts";
import { exitCodes } from "../errors.ts";
import { judge } from "../judge.ts";
import { readAnswers } from "../questions/read.ts";
import { outcomesFile } from "../outcomes-file.ts";
import { judgementText } from "../summary.ts";

/** `holdfast check`: the same outcomes, from what is deployed or previewed. Nothing is planned. */
export function check(files: readonly string[], { json }: { readonly json: boolean }): number {
  const stacks = readStacks(files);
  const origin = {
    topology: null,
    stacks: stacks.map(({ stack, origin: file }) => ({ stack, origin: file, notes: [] })),
  };
  const judgement = judge(stacks);
  const text = json
    ? JSON.stringify({ topologies: [outcomesFile(origin, judgement, readAnswers(judgement))] }, null, 2)
    : judgementText(files.join(", "), origin, judgement, readAnswers(judgement));
  process.stdout.write(`${text}\n`);
  return judgement.kept ? exitCodes.kept : exitCodes.broken;
}

/** @throws InputError with the faults of all files at once */
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

function readText(file: string): string {
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
