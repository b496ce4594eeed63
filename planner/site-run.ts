import * as pulumi from "@pulumi/pulumi";
import { runProgram } from "./harness.ts";
import type { ProgramResult, Refreshed, StackOutputs } from "./harness.ts";
import type { Project, StackConfig } from "./stack-files.ts";

export type Program = () => unknown;

/** The program refused what it was given, in its own words; exit code 2. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RefusedError";
  }
}

type OutputsOfStacks = Readonly<Record<string, StackOutputs>>;

interface Run {
  /** What the program read of each stack that it refers to, as JSON. */
  readonly read: ReadonlyMap<string, string>;
  readonly result: ProgramResult;
}

/**
 * Runs of each program, by its stack and config. What a program declares follows from these and from the outputs of the
 * stacks that it reads. Passes over a topology, topologies that share a site, and plans of what would be differ in few
 * of them, so that most of their runs would only repeat an earlier one.
 */
const runs = new WeakMap<Program, Map<string, Run[]>>();

/** Plans one stack, or gives the result of the run that was given the same. */
export async function runSite(
  program: Program,
  project: Project,
  stack: string,
  config: StackConfig,
  stackOutputs: OutputsOfStacks,
  refreshed: Refreshed = {},
): Promise<ProgramResult> {
  const byConfig = runs.get(program) ?? new Map<string, Run[]>();
  runs.set(program, byConfig);
  const key = JSON.stringify([project.name, stack, config, refreshed]);
  const former = byConfig.get(key) ?? [];
  byConfig.set(key, former);
  const same = former.find(({ read }) => [...read].every(([name, text]) => text === textOf(stackOutputs[name])));
  if (same) return same.result;
  const result = await run(program, project, stack, config, stackOutputs, refreshed);
  former.push({ read: new Map(result.references.map((name) => [name, textOf(stackOutputs[name])])), result });
  return result;
}

/** A stack that has not been brought up yet is read as one without outputs. */
function textOf(outputs: StackOutputs = {}): string {
  return JSON.stringify(outputs);
}

async function run(
  program: Program,
  project: Project,
  stack: string,
  config: StackConfig,
  stackOutputs: OutputsOfStacks,
  refreshed: Refreshed,
): Promise<ProgramResult> {
  const plain = Object.entries(config.values).filter(([key]) => !config.secretKeys.includes(key));
  const hidden = Object.entries(config.values).filter(([key]) => config.secretKeys.includes(key));
  try {
    return await runProgram(program, {
      project: project.name,
      stack,
      config: Object.fromEntries(plain),
      secrets: Object.fromEntries(hidden),
      stackOutputs,
      refreshed,
    });
  } catch (error) {
    // The program's way to say that its user, not the program, is at fault.
    throw pulumi.RunError.isInstance(error) ? new RefusedError(error.message) : error;
  }
}
