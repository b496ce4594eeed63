import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { InputError } from "../config/problem.ts";
import type { Problem } from "../config/problem.ts";
import { loadConfig, requiredSecrets } from "../config/load.ts";
import { platformSchema } from "../config/schema.ts";
import { findTopology, topologies } from "../topologies/index.ts";
import type { Topology } from "../topologies/types.ts";
import type { ProgramResult, Refreshed, StackOutputs } from "./harness.ts";
import { runSite } from "./site-run.ts";
import type { Program } from "./site-run.ts";
import { PLACEHOLDER, readStackConfig } from "./stack-files.ts";
import type { Project, StackConfig } from "./stack-files.ts";

/** More passes than any chain of outputs between sites should need; beyond it something never settles. */
const MOST_PASSES = 4;

export interface SitePlan {
  readonly site: string;
  readonly result: ProgramResult;
  /** What must be set before an `up` would succeed, and what the program logged. */
  readonly notes: readonly string[];
}

export interface TopologyPlan {
  readonly topology: Topology;
  readonly sites: readonly SitePlan[];
  /** How many times every site was planned until nothing changed: 2 or more `up`s reach the same state. */
  readonly passes: number;
}

export type Progress = (message: string) => void;

/** Changes the config of a site for a plan of what would be: full key → text, objects as JSON. */
export type ConfigEdit = (site: string, values: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;

/**
 * Plans every site of a topology, as `pulumi up` in each stack, repeated until nothing changes, would leave it. The first
 * pass is the first `up`s: the first site runs while no other exists. Callers share results: they change none.
 *
 * @throws InputError with all faults in the config of all sites; RefusedError where the program refuses what it is given;
 *   ProgramError for a program that can't be planned
 */
export async function planTopology(
  project: Project,
  topology: Topology,
  progress: Progress = () => undefined,
  edit: ConfigEdit = (_site, values) => values,
): Promise<TopologyPlan> {
  const program = await loadProgram(project);
  const configs = configsOf(project, topology, edit);
  let outputs: Readonly<Record<string, StackOutputs>> = {};
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    const before = JSON.stringify(outputs);
    const sites: SitePlan[] = [];
    for (const { site, config, notes } of configs) {
      progress(`pass ${pass}: ${site}`);
      const result = await runSite(program, project, site, config, outputs);
      outputs = { ...outputs, [site]: result.outputs };
      sites.push({ site, result, notes: [...notes, ...result.logs] });
    }
    if (JSON.stringify(outputs) === before) return { topology, sites, passes: pass };
  }
  throw new Error(`topology ${topology.name}: the sites' outputs still change after ${MOST_PASSES} passes`);
}

/** What one `up` of a site finds. */
export interface UpInput {
  /** What every stack of the topology has told by now. */
  readonly outputs: Readonly<Record<string, StackOutputs>>;
  /** What a refresh has read. @default nothing */
  readonly refreshed?: Refreshed;
  /** @default the config as it is written */
  readonly edit?: ConfigEdit;
}

/**
 * Plans one `up` of one site, for steps that a person takes one after the other. @throws as {@link planTopology}
 */
export async function planUp(
  project: Project,
  topology: Topology,
  site: string,
  { outputs, refreshed = {}, edit = (_site, values) => values }: UpInput,
): Promise<ProgramResult> {
  const program = await loadProgram(project);
  const found = configsOf(project, topology, edit).find((one) => one.site === site);
  if (found === undefined) throw new Error(`topology ${topology.name} has no site ${site}`);
  return await runSite(program, project, site, found.config, outputs, refreshed);
}

/** @throws InputError naming every topology that does not exist, with those that do */
export function topologiesNamed(names: readonly string[]): readonly Topology[] {
  const known = topologies.map(({ name }) => name);
  const problems = names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      offender: `topology ${JSON.stringify(name)}`,
      rule: `one of ${known.join(", ")}`,
      value: name,
      fix: `name one of them, such as ${known[0] ?? ""}`,
    }));
  if (problems.length > 0) throw new InputError("Command line", problems);
  if (names.length === 0) return topologies;
  return [...new Set(names)].flatMap((name) => findTopology(name) ?? []);
}

/** Modules are loaded once in a process, so a program must be a function that can run for each stack. */
async function loadProgram({ main }: Project): Promise<Program> {
  const refuse = (value: string): never => {
    throw new InputError("Project", [
      {
        offender: main,
        rule: "a program that exports one function",
        value,
        fix: "export the function that declares the resources",
      },
    ]);
  };
  if (!existsSync(main)) return refuse("no such file");
  const loaded = (await import(pathToFileURL(main).href)) as { readonly default?: unknown };
  return isProgram(loaded.default) ? loaded.default : refuse(`an export of type ${typeof loaded.default}`);
}

function isProgram(value: unknown): value is Program {
  return typeof value === "function";
}

interface SiteConfig {
  readonly site: string;
  readonly config: StackConfig;
  readonly notes: readonly string[];
}

/**
 * Checks the config of all sites of all topologies before the first is planned.
 *
 * @throws InputError with every fault once, also where several topologies share a site
 */
export function checkConfigs(project: Project, chosen: readonly Topology[]): void {
  const problems = chosen.flatMap((topology) =>
    problemsFrom(() => void configsOf(project, topology, (_site, values) => values)),
  );
  const distinct = [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
  if (distinct.length > 0)
    throw new InputError(`Config of ${chosen.map(({ name }) => `topology ${name}`).join(" and ")}`, distinct);
}

function problemsFrom(check: () => void): readonly Problem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** The sites in the order of their references: the site whose keys all others read comes first. */
function configsOf(project: Project, topology: Topology, edit: ConfigEdit): readonly SiteConfig[] {
  const names = topology.sites.map(({ name }) => name);
  const ordered = [topology.keyring, ...names.filter((name) => name !== topology.keyring)];
  const configs: SiteConfig[] = [];
  const problems = ordered.flatMap((site) =>
    problemsFrom(() => {
      const one = configOf(project, topology, site, edit);
      const { values, secretKeys } = one.config;
      configs.push(one);
      loadConfig({ stack: site, values, isSecret: (key) => secretKeys.includes(key) });
    }),
  );
  if (problems.length > 0) throw new InputError(`Config of topology ${topology.name}`, problems);
  return configs;
}

/** Secrets that only a person can set stand as placeholders, and are noted: a plan needs to know that they exist, no more. */
function configOf(project: Project, topology: Topology, site: string, edit: ConfigEdit): SiteConfig {
  const read = readStackConfig(project, site);
  const edited = edit(site, read.values);
  const key = `${project.name}:topology`;
  // The plan is of the topology that was asked for; a name that none has would still refuse every `up`.
  const written = edited[key];
  const values: Record<string, string> = {
    ...edited,
    [key]: written === undefined || findTopology(written) ? topology.name : written,
  };
  const raw = { stack: site, values, isSecret: (key: string) => read.secretKeys.includes(key) };
  const missing = requiredSecrets(raw, servicesOf(values[`${project.name}:services`]))
    .map((name) => `${project.name}:${name}`)
    .filter((key) => values[key] === undefined);
  for (const key of missing) values[key] = PLACEHOLDER;
  return {
    site,
    config: { values, secretKeys: [...read.secretKeys, ...missing] },
    notes: missing.map((key) => `to be set before up: pulumi config set --secret ${key} -s ${site}`),
  };
}

/** Services that the schema refuses need no secrets here: the check of the whole config names their faults. */
function servicesOf(text: string | undefined): readonly { readonly secrets: Readonly<Record<string, string>> }[] {
  if (text === undefined) return [];
  try {
    return platformSchema.shape.services.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
}
