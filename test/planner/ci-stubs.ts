import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Options of `pulumi preview`, with how many values each takes, as its reference lists them (Pulumi 3,
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/).
 */
const PREVIEW_OPTIONS = {
  "-s": 1,
  "-C": 1,
  "--json": 0,
  "--show-sames": 0,
  "--non-interactive": 0,
  "--policy-pack": 1,
} as const;

/**
 * A stand-in for Pulumi's command line: takes the documented options only, and prints the preview of a stack in the
 * documented layout, made of the stack that lies in PREVIEWS/<head or base>/<stack>.json.
 */
const PULUMI = `
const { readFileSync } = require("node:fs");
const [command, ...words] = process.argv.slice(2);
const options = ${JSON.stringify(PREVIEW_OPTIONS)};
const given = new Map();
if (command !== "preview") throw new Error("pulumi " + command);
for (let at = 0; at < words.length; at++) {
  const values = options[words[at]];
  if (values === undefined) throw new Error("pulumi preview " + words[at]);
  given.set(words[at], values === 0 ? true : words[++at]);
}
if (!given.has("--json")) return;
const side = given.get("-C") === undefined ? "head" : "base";
const { deployment } = JSON.parse(readFileSync(process.env.PREVIEWS + "/" + side + "/" + given.get("-s") + ".json", "utf8"));
const steps = deployment.resources.map((newState) => ({ op: "same", urn: newState.urn, oldState: newState, newState }));
const shown = given.has("--show-sames") ? steps : [];
console.log(JSON.stringify({ config: {}, steps: shown, duration: 1, changeSummary: { same: steps.length } }));
`;

/** Prints what it was called with into CALLS; answers lists of comments with COMMENTS. */
const API = (name: string, list: string): string => `
const { appendFileSync } = require("node:fs");
const words = process.argv.slice(2);
appendFileSync(process.env.CALLS, JSON.stringify(["${name}", ...words]) + "\\n");
${list}
`;

const GH = API("gh", `if (words.includes("--jq") && process.env.FOUND) console.log(process.env.FOUND);`);
const CURL = API(
  "curl",
  `const url = words.find((word) => word.startsWith("https:"));
if (url.endsWith("/user")) console.log('{"id":7}');
else if (url.includes("per_page")) console.log(process.env.NOTES);`,
);
/** Packages and worktrees are there already. */
const NOTHING = "";

/** Commands that a pipeline finds on its machine, for a machine that has none of them. */
export function writeStubs(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, body] of Object.entries({ pulumi: PULUMI, gh: GH, curl: CURL, npm: NOTHING, git: NOTHING })) {
    writeFileSync(join(directory, name), `#!/usr/bin/env node\n(() => {${body}})();\n`);
    chmodSync(join(directory, name), 0o755);
  }
}
