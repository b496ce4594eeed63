import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { InputError } from "../config/problem.ts";
import { isObject } from "./wire.ts";

/** The config of a stack, as the engine would hand it to the program. */
export interface StackConfig {
  /** Full key → text; objects as JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys that are encrypted in the stack file; their values here are placeholders. */
  readonly secretKeys: readonly string[];
}

export interface Project {
  readonly directory: string;
  readonly name: string;
  /** Absolute path of the program. */
  readonly main: string;
  /** Defaults that Pulumi.yaml gives, by full key. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** Stands where a secret's value would: a plan can't and need not decrypt it. */
export const PLACEHOLDER = "planned";

/** @throws InputError when Pulumi.yaml is missing or can't be read */
export function readProject(directory: string): Project {
  const path = join(directory, "Pulumi.yaml");
  const file = readYaml(path, "a folder that holds Pulumi.yaml");
  const name = file["name"];
  if (typeof name !== "string") {
    throw new InputError("Project", [
      {
        offender: `${path} name`,
        rule: "the project's name",
        value: name === undefined ? "nothing" : "something that is no text",
        fix: "write name: and the name",
      },
    ]);
  }
  const declared = mapUnder(path, file["config"]);
  const defaults = Object.entries(declared).flatMap(([key, value]) => {
    // A declaration is a map with a default (or, for other namespaces, a value); anything else is a default in short.
    const given = isObject(value) ? (value["default"] ?? value["value"]) : value;
    return given === undefined || given === null ? [] : [[fullKey(name, key), given] as const];
  });
  const main = typeof file["main"] === "string" ? file["main"] : "index.ts";
  return { directory, name, main: join(directory, main), defaults: Object.fromEntries(defaults) };
}

/**
 * Config of one stack: the project's defaults, over which each value of the stack file wins wholly, as the CLI merges.
 *
 * @throws InputError when the stack file is missing or can't be read
 */
export function readStackConfig(project: Project, stack: string): StackConfig {
  const path = join(project.directory, `Pulumi.${stack}.yaml`);
  const file = readYaml(path, "the stack's config");
  const own = mapUnder(path, file["config"]);
  const stray = Object.keys(file).filter((key) => !STACK_KEYS.includes(key));
  if (stray.length > 0)
    throw new InputError(
      "Project",
      stray.map((key) => ({
        offender: `${path} ${key}`,
        rule: `one of ${STACK_KEYS.join(", ")}`,
        value: "a key that a stack file does not have",
        fix: "correct its name; config stands under config:",
      })),
    );
  const merged: Record<string, unknown> = { ...project.defaults };
  for (const [key, value] of Object.entries(own)) merged[fullKey(project.name, key)] = value;
  const values = Object.entries(merged).map(([key, value]) => [key, textOf(withoutSecure(value))] as const);
  return {
    values: Object.fromEntries(values),
    secretKeys: Object.keys(merged).filter((key) => holdsSecure(merged[key])),
  };
}

/** What the CLI allows at the top of a stack file. */
const STACK_KEYS: readonly string[] = ["config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

function mapUnder(path: string, value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw new InputError("Project", [
    { offender: `${path} config`, rule: "a YAML map of keys", value: "something else", fix: "write one key a line" },
  ]);
}

function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function isSecure(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

/** One encrypted value anywhere in it makes the whole key a secret. */
function holdsSecure(value: unknown): boolean {
  if (isSecure(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecure);
}

function withoutSecure(value: unknown): unknown {
  if (isSecure(value)) return PLACEHOLDER;
  if (Array.isArray(value)) return value.map(withoutSecure);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecure(item)]))
    : value;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readYaml(path: string, what: string): Record<string, unknown> {
  if (!existsSync(path)) {
    throw new InputError("Project", [
      {
        offender: path,
        rule: what,
        value: "no such file",
        fix: "name the project's folder with --project, or add the file",
      },
    ]);
  }
  const document = parseDocument(readFileSync(path, "utf8"));
  const problems = document.errors.map(({ message }) => ({
    offender: path,
    rule: "YAML",
    value: message.split("\n")[0] ?? "",
    fix: "mend the file at that place",
  }));
  if (problems.length > 0) throw new InputError("Project", problems);
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return {};
  if (!isObject(value))
    throw new InputError("Project", [
      { offender: path, rule: "a YAML map", value: "something else", fix: "mend the file" },
    ]);
  return value;
}
