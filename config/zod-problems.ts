import type { z } from "zod";
import { keysAt, part } from "./known-keys.ts";
import { nearest } from "./nearest.ts";
import type { Problem } from "./problem.ts";

type Issue = z.core.$ZodIssue;

/** Turns a schema's findings into problems; `where` names the place, given the path inside the value (`.servers[0].level`). */
export function problemsOf(
  error: z.ZodError,
  schema: z.ZodType,
  value: unknown,
  where: (path: string) => string,
): readonly Problem[] {
  const mistyped = error.issues.flatMap((issue) => mistypedKeys(issue, schema, value));
  const meant = mistyped.flatMap(({ parent, near }) => (near === undefined ? [] : [pathOf([...parent, near])]));
  return [
    ...error.issues
      .filter(({ code, path }) => code !== "unrecognized_keys" && !isMissing(value, path, meant))
      .map((issue) => problemOf(issue, value, where)),
    ...mistyped.map(({ parent, key, given, near }) => ({
      offender: where(pathOf([...parent, key])),
      rule: "a key that the schema has",
      value: show(given),
      fix: near === undefined ? "take the key away" : `write ${near} if that is meant, or take the key away`,
    })),
  ];
}

interface MistypedKey {
  readonly parent: readonly PropertyKey[];
  readonly key: string;
  readonly given: unknown;
  /** The key of the schema that was probably meant. */
  readonly near: string | undefined;
}

function mistypedKeys(issue: Issue, schema: z.ZodType, root: unknown): readonly MistypedKey[] {
  if (issue.code !== "unrecognized_keys") return [];
  const value = at(root, issue.path);
  // A key that is there already can't be the one that was meant.
  const free = keysAt(schema, issue.path, root).filter((key) => part(value, key) === undefined);
  return issue.keys.map((key) => ({ parent: issue.path, key, given: part(value, key), near: nearest(key, free) }));
}

/** One fault, not two: what is missing under its right name is there under a wrong one. */
function isMissing(root: unknown, path: readonly PropertyKey[], meant: readonly string[]): boolean {
  return meant.includes(pathOf(path)) && at(root, path) === undefined;
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");

function problemOf(issue: Issue, root: unknown, where: (path: string) => string): Problem {
  const value = at(root, issue.path);
  const rule = ruleOf(issue, value);
  const missing = value === undefined;
  return {
    offender: where(pathOf(issue.path)),
    rule,
    value: missing ? "nothing" : show(value),
    fix: missing ? `add the key: ${rule}` : `write ${rule}`,
  };
}

function ruleOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return typeOf(issue.expected, value);
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `${issue.origin === "array" ? "at least" : issue.inclusive ? "at least" : "more than"} ${String(issue.minimum)}${issue.origin === "array" ? " entries" : ""}`;
    case "too_big":
      return `at most ${String(issue.maximum)}`;
    default:
      return issue.message;
  }
}

/** In the words of whoever writes YAML. */
function typeOf(expected: string, value: unknown): string {
  switch (expected) {
    case "string":
      return typeof value === "number" || typeof value === "boolean" ? "a text, in quotes" : "a text";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "object":
    case "record":
      return "a mapping of keys to values";
    default:
      return `a value of type ${expected}`;
  }
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(part, root);
}

const SHOWN_CHARACTERS = 80;

/** A value as it is shown in a message: JSON, cut where it is long. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
