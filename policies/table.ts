import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LEFT, PENDING_UNTIL_UP } from "./own-names.ts";
import type { Rule, Setting } from "./rule.ts";
import { rules } from "./rules/index.ts";

const FILE = join(__dirname, "..", "docs", "policies.md");

const JUDGED_BY: Readonly<Record<Rule["kind"], string>> = {
  resource: "the pack, resource by resource",
  stack: "the pack, per site",
  platform: "`plan` and `check`, over all sites",
};

/** docs/policies.md: what each policy wants, why, how strictly, and what to do. */
export function policyTable(): string {
  return `# Policies

Written by \`npm run docs:policies\` from \`policies/rules/\`: change it there.

\`pulumi preview --policy-pack policies\` asks the pack about one stack; \`holdfast plan\` and \`holdfast check\` start the same
pack's process for each site, and judge beside it what needs all sites. A pack of a platform with one site judges that as well.
Two policies of the pack's own tell what was not judged: \`${LEFT}\` names what one stack can't show, \`${PENDING_UNTIL_UP}\`
what depends on a value that only an \`up\` knows. A policy that finds nothing to look at where something should be is violated.
What an operator or a Helm chart makes inside the cluster is no resource of the stack: of a chart its version and its values are
judged, of its pods nothing.

Levels and settings are set in a JSON file, \`--policy-pack-config FILE\` of \`pulumi preview\`, \`holdfast plan\` and \`holdfast check\`:
a level (\`mandatory\`, \`advisory\`, \`disabled\`) for each policy, or an object of \`enforcementLevel\` and its settings; \`all\` sets
the level of all others. A name or a key that does not exist is an error.

\`\`\`json
${JSON.stringify({ all: "mandatory", "pinned-images": "advisory", "dns-lets-go": { enforcementLevel: "mandatory", seconds: 30 } }, null, 2)}
\`\`\`

| policy | what must hold, and what happens otherwise | serves | level | judged by | what to do |
| --- | --- | --- | --- | --- | --- |
${rules.map(row).join("\n")}

## Settings

| policy | setting | type | default | what it is |
| --- | --- | --- | --- | --- |
${rules.flatMap(settingRows).join("\n")}
`;
}

function row({ name, what, why, ids, level, kind, fix }: Rule): string {
  return line([`\`${name}\``, `${what} ${why}`, ids.join(", "), level, JUDGED_BY[kind], fix]);
}

function settingRows({ name, settings = {} }: Rule): readonly string[] {
  return Object.entries(settings).map(([key, setting]) => settingRow(name, key, setting));
}

function settingRow(policy: string, key: string, { type, default: applied, minimum, description }: Setting): string {
  const bound = minimum === undefined ? "" : `, at least ${minimum}`;
  return line([`\`${policy}\``, `\`${key}\``, `${type}${bound}`, `\`${String(applied)}\``, description]);
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}

if (require.main === module) writeFileSync(FILE, policyTable());
