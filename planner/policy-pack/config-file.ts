import { readFileSync } from "node:fs";
import { InputError } from "../../config/problem.ts";
import { readPackConfig } from "../../policies/config.ts";
import type { PackConfig } from "../../policies/config.ts";
import { rules } from "../../policies/rules/index.ts";

/**
 * Reads levels and settings of policies from a file, in the form that the Pulumi CLI takes with `--policy-pack-config`.
 * An empty file sets nothing, as there.
 *
 * @throws InputError with every fault of the file at once
 */
export function readPackConfigFile(file: string): PackConfig {
  const { config, problems } = readPackConfig(parse(file), rules, file);
  if (problems.length > 0) throw new InputError("Policy pack config", problems);
  return config;
}

function parse(file: string): unknown {
  const refuse = (rule: string, value: string): never => {
    throw new InputError("Policy pack config", [
      { offender: file, rule, value, fix: 'write such as { "pinned-images": "advisory" }' },
    ]);
  };
  try {
    const text = readFileSync(file, "utf8");
    return text.trim() === "" ? {} : (JSON.parse(text) as unknown);
  } catch (error) {
    return error instanceof SyntaxError
      ? refuse("a JSON document", "text that is not JSON")
      : refuse("a file that can be read", error instanceof Error && "code" in error ? String(error.code) : "an error");
  }
}
