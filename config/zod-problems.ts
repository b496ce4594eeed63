import type { z } from "zod";
import type { Problem } from "./problem.ts";

type Issue = z.core.$ZodIssue;

/** Turns a schema's findings into problems; `where` names the place, given the path inside the value (`.servers[0].level`). */
export function problemsOf(error: z.ZodError, value: unknown, where: (path: string) => string): readonly Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, value, where));
}

function problemsOfIssue(issue: Issue, root: unknown, where: (path: string) => string): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  const value = at(root, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      offender: where(`${path}.${key}`),
      rule: "a key that the schema has",
      value: show((value as Record<string, unknown>)[key]),
      fix: `take the key away, or correct its name`,
    }));
  }
  const missing = value === undefined;
  return [
    {
      offender: where(path),
      rule: ruleOf(issue),
      value: missing ? "nothing" : show(value),
      fix: missing ? `add the key: ${ruleOf(issue)}` : `write ${ruleOf(issue)}`,
    },
  ];
}

function ruleOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `a value of type ${issue.expected}`;
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

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      value !== null && typeof value === "object" ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    root,
  );
}

const SHOWN_CHARACTERS = 80;

/** A value as it is shown in a message: JSON, cut where it is long. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
