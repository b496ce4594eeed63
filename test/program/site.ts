import program from "../../index.ts";
import { runProgram } from "../../planner/harness.ts";
import type { ProgramResult, StackOutputs } from "../../planner/harness.ts";
import { readProject, readStackConfig } from "../../planner/stack-files.ts";

const project = readProject(".");

/** The secrets of the committed stacks. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  aachen: ["backupAccessKeyId", "backupSecretAccessKey", "corePassword"],
  titan: [
    "backupAccessKeyId",
    "backupSecretAccessKey",
    "corePassword",
    "pull-aachen-accessKeyId",
    "pull-aachen-secretAccessKey",
  ],
  azure: ["corePassword"],
};

export type Outputs = Readonly<Record<string, StackOutputs>>;

/** The committed program at a committed stack, with some config values changed (`holdfast:` keys without the namespace). */
export function up(site: string, changed: Record<string, unknown> = {}, outputs: Outputs = {}): Promise<ProgramResult> {
  const config = {
    ...readStackConfig(project, site).values,
    ...Object.fromEntries(Object.entries(changed).map(([key, value]) => [`holdfast:${key}`, value])),
  };
  const pulls =
    changed["topology"] === "azure-primary" && site !== "azure"
      ? ["pull-azure-accessKeyId", "pull-azure-secretAccessKey"]
      : [];
  const secrets = Object.fromEntries(
    [...(SECRETS[site] ?? []), ...pulls].map((key) => [`holdfast:${key}`, `throwaway-${key}`]),
  );
  return runProgram(program, { stack: site, config, secrets, stackOutputs: outputs });
}

/** Both sites brought up until nothing changes: Aachen, Titan, and Aachen again, which then knows Titan's key. */
export async function steady(): Promise<{
  readonly aachen: ProgramResult;
  readonly titan: ProgramResult;
  readonly outputs: Outputs;
}> {
  const first = await up("aachen");
  const titan = await up("titan", {}, { aachen: first.outputs });
  const aachen = await up("aachen", {}, { aachen: first.outputs, titan: titan.outputs });
  return { aachen, titan, outputs: { aachen: aachen.outputs, titan: titan.outputs } };
}

/** The inputs of the one resource of that type and `metadata.name`. */
export function object(result: ProgramResult, type: string, name: string): Record<string, unknown> {
  const found = result.resources.filter(
    (resource) =>
      resource.type === type && (resource.inputs["metadata"] as { name?: string } | undefined)?.name === name,
  );
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${name} in ${result.stack}`);
  return found[0]!.inputs as Record<string, unknown>;
}
