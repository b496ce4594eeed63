import { nearest } from "../config/nearest.ts";
import type { Problem } from "../config/problem.ts";
import { OWN_POLICIES } from "./own-names.ts";
import type { Level, Rule, Setting, SettingValues } from "./rule.ts";

/** What the user sets of one policy. */
export interface PolicyConfig {
  /** Absent: the policy's own. */
  readonly level?: Level | "disabled";
  readonly settings: SettingValues;
}

/** By the policy's name; `all` sets the level of every policy that is not named. */
export type PackConfig = ReadonlyMap<string, PolicyConfig>;

const LEVELS: readonly string[] = ["advisory", "mandatory", "disabled"];
const ALL = "all";

/**
 * Reads the config of the pack, in the form that the Pulumi CLI takes with `--policy-pack-config`: a level for each name,
 * or an object of `enforcementLevel` and the policy's settings. The engine lets names and keys pass that no policy has; a
 * typing error would then switch nothing off, or nothing on, and nobody would know.
 *
 * @param origin where it stands, for messages: a path
 */
export function readPackConfig(
  document: unknown,
  rules: readonly Rule[],
  origin: string,
): { readonly config: PackConfig; readonly problems: readonly Problem[] } {
  if (!isObject(document)) {
    const example = '{ "pinned-images": "advisory" }';
    const problem = { offender: origin, rule: "an object of policies", value: kindOf(document), fix: example };
    return { config: new Map(), problems: [problem] };
  }
  const problems: Problem[] = [];
  const config = new Map<string, PolicyConfig>();
  for (const [name, entry] of Object.entries(document)) {
    const offender = `${origin}: ${name}`;
    const rule = rules.find((one) => one.name === name);
    if (!rule && name !== ALL && !OWN_POLICIES.includes(name)) {
      problems.push(unknownName(offender, name, [...rules.map((one) => one.name), ...OWN_POLICIES, ALL], "policy"));
      continue;
    }
    const read = readEntry(entry, rule?.settings ?? {}, offender);
    problems.push(...read.problems);
    config.set(name, read.config);
  }
  return { config, problems };
}

/** The level at which a policy is judged. */
export function levelOf(rule: Pick<Rule, "name" | "level">, config: PackConfig): Level | "disabled" {
  return config.get(rule.name)?.level ?? config.get(ALL)?.level ?? rule.level;
}

/** The settings of a policy: what the user set, else its defaults. */
export function settingsOf(rule: Pick<Rule, "settings">, given: SettingValues = {}): SettingValues {
  const entries = Object.entries(rule.settings ?? {});
  return Object.fromEntries(entries.map(([key, { default: applied }]) => [key, given[key] ?? applied]));
}

function readEntry(
  entry: unknown,
  settings: Readonly<Record<string, Setting>>,
  offender: string,
): { readonly config: PolicyConfig; readonly problems: readonly Problem[] } {
  const properties = typeof entry === "string" ? { enforcementLevel: entry } : entry;
  if (!isObject(properties)) {
    const problem = {
      offender,
      rule: "a level, or an object of enforcementLevel and settings",
      value: kindOf(entry),
      fix: "mandatory",
    };
    return { config: { settings: {} }, problems: [problem] };
  }
  const problems: Problem[] = [];
  const values: Record<string, number | boolean | string> = {};
  const { enforcementLevel, ...others } = properties;
  if (enforcementLevel !== undefined && !isLevel(enforcementLevel)) {
    problems.push({
      offender: `${offender}.enforcementLevel`,
      rule: `one of ${LEVELS.join(", ")}`,
      ...(enforcementLevel === "remediate" ? { reason: "this pack changes no resource" } : {}),
      value: textOf(enforcementLevel),
      fix: "mandatory",
    });
  }
  for (const [key, value] of Object.entries(others)) {
    const setting = settings[key];
    if (!setting) problems.push(unknownName(`${offender}.${key}`, key, Object.keys(settings), "setting"));
    else if (!fits(value, setting)) problems.push(misfit(`${offender}.${key}`, value, setting));
    else values[key] = value;
  }
  return { config: { ...(isLevel(enforcementLevel) ? { level: enforcementLevel } : {}), settings: values }, problems };
}

function isLevel(value: unknown): value is Level | "disabled" {
  return typeof value === "string" && LEVELS.includes(value);
}

function unknownName(offender: string, name: string, known: readonly string[], kind: string): Problem {
  const near = nearest(name, known);
  return {
    offender,
    rule: known.length === 0 ? `no ${kind}: it has none` : `one of ${known.join(", ")}`,
    value: `a ${kind} that does not exist`,
    fix: near ? `did you mean ${near}?` : `leave it out`,
  };
}

function fits(value: unknown, { type, minimum, enum: choices }: Setting): value is number | boolean | string {
  const typed =
    type === "integer" ? Number.isInteger(value) : type === "number" ? Number.isFinite(value) : typeof value === type;
  const enough = minimum === undefined || (typeof value === "number" && value >= minimum);
  return typed && enough && (choices === undefined || choices.some((choice) => choice === value));
}

function misfit(
  offender: string,
  value: unknown,
  { type, minimum, enum: choices, default: applied }: Setting,
): Problem {
  const bound = minimum === undefined ? "" : ` of at least ${minimum}`;
  return {
    offender,
    rule: choices ? `one of ${choices.join(", ")}` : `a value of type ${type}${bound}`,
    value: textOf(value),
    fix: `${applied} is the default`,
  };
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
