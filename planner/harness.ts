import * as pulumi from "@pulumi/pulumi";
import type { Resource, StackResources } from "../resilience/resource.ts";
import { Recorder } from "./recorder.ts";
import type { RecordedResource, Refreshed, StackOutputs } from "./recorder.ts";
import { isSecret, reveal } from "./wire.ts";

export type { RecordedResource, Refreshed, StackOutputs } from "./recorder.ts";

export interface RunOptions {
  /** Default `holdfast`. */
  readonly project?: string;
  /** Default `test`. */
  readonly stack?: string;
  /** Config values by their full key, `holdfast:site`. An object is handed over as JSON text, as the engine does. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Config values that are secret, by their full key. */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Outputs of other stacks, by the stack's name: what a StackReference reads. A stack that is absent has none yet. */
  readonly stackOutputs?: Readonly<Record<string, StackOutputs>>;
  /** What `up --refresh` reads of resources that are there. @default nothing: as in the first `up` */
  readonly refreshed?: Refreshed;
}

export interface ProgramResult {
  readonly stack: string;
  /** Every resource in the order of registration, the root stack first. */
  readonly resources: readonly RecordedResource[];
  /** Stack outputs as the SDK sent them: secrets still marked. Hand them on as another run's `stackOutputs`. */
  readonly outputs: StackOutputs;
  /** Names of the stacks that were referenced. */
  readonly references: readonly string[];
  /** What the program said by `pulumi.log`, `warning: …`. */
  readonly logs: readonly string[];
}

/** The program did something that the planner can't follow, or that no engine would take; all of it at once. */
export class ProgramError extends Error {
  constructor(stack: string, problems: readonly string[]) {
    super(
      `the program for stack ${stack} can't be planned:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
    this.name = "ProgramError";
  }
}

let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs a Pulumi program under the SDK's own mocks, without engine, account or cluster, and records what it declares.
 * The mocks, the config and the list of outstanding calls are global to the process: runs wait for each other.
 *
 * @throws whatever the program throws; {@link ProgramError} for an unknown resource type or invoke, for transforms
 *   (mocks run none, so the plan would lie), and for a failed registration
 */
export function runProgram(program: () => unknown, options: RunOptions = {}): Promise<ProgramResult> {
  const run = queue.then(() => runAlone(program, options));
  queue = run.catch(() => undefined);
  return run;
}

async function runAlone(program: () => unknown, options: RunOptions): Promise<ProgramResult> {
  const { project = "holdfast", stack = "test", config = {}, secrets = {}, stackOutputs = {} } = options;
  const recorder = new Recorder(project, stack, stackOutputs, options.refreshed);
  const text = Object.entries({ ...config, ...secrets }).map(([key, value]) => [key, configText(value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(text), Object.keys(secrets));
  await pulumi.runtime.setMocks(recorder.mocks(), project, stack, false, "organization");
  recorder.attach(pulumi.runtime.getMonitor());

  const logs: string[] = [];
  const restoreLog = catchLogs(logs);
  const restoreStacks = plainStacks();
  const failures = await withRejections(async (note) => {
    try {
      await pulumi.runtime.runInPulumiStack(async () => program());
    } catch (failure) {
      note(failure);
    }
    await pulumi.runtime.disconnect();
  }).finally(() => {
    restoreLog();
    restoreStacks();
  });
  pulumi.runtime.setAllConfig({}, []);
  if (recorder.problems.length > 0) throw new ProgramError(stack, [...new Set(recorder.problems)]);
  if (failures.length > 0) throw failures[0];
  return {
    stack,
    resources: recorder.resources,
    outputs: recorder.outputs,
    references: [...recorder.references],
    logs,
  };
}

/**
 * Collects what fails outside of any promise that the program returns, as the SDK's launcher does: an `apply` that
 * throws shows only as an unhandled rejection.
 */
async function withRejections(body: (note: (failure: unknown) => void) => Promise<void>): Promise<unknown[]> {
  const failures: unknown[] = [];
  const note = (failure: unknown): void => void failures.push(failure);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", note);
  try {
    await body(note);
    // Rejections are reported after the microtasks that caused them.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", note);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  return failures;
}

/** Without an engine the SDK prints its log on the console, marked so. */
const LOGGED = /^(info|warning|error): \[runtime\] /;

function catchLogs(logs: string[]): () => void {
  const levels = ["log", "warn", "error"] as const;
  const originals = levels.map((level) => [level, console[level]] as const);
  for (const [level, original] of originals) {
    console[level] = (first: unknown, ...rest: unknown[]) => {
      if (typeof first === "string" && LOGGED.test(first)) logs.push(first.replace(LOGGED, "$1: "));
      else original(first, ...rest);
    };
  }
  return () => {
    for (const [level, original] of originals) console[level] = original;
  };
}

/**
 * The SDK writes down a stack trace for every property of every resource (@pulumi/pulumi 3.270, `debuggablePromise`);
 * looking each frame up in the source maps would take longer than all else in a run. A trace is put into words when it
 * is first read, so that of a failure, which is read after the run, names the lines of the source all the same.
 */
function plainStacks(): () => void {
  const mapped = process.sourceMapsEnabled;
  process.setSourceMapsEnabled(false);
  return () => process.setSourceMapsEnabled(mapped);
}

function configText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The resources as the analysis takes them. */
export function stackResources(result: ProgramResult, origin = "plan"): StackResources {
  const resources: readonly Resource[] = result.resources;
  return { stack: result.stack, origin, resources };
}

/** A stack output's plain value, for tests. `undefined` when the program has no such output. */
export function outputOf(result: ProgramResult, name: string): unknown {
  return reveal(result.outputs[name]);
}

export function isSecretOutput(result: ProgramResult, name: string): boolean {
  return isSecret(result.outputs[name]);
}
