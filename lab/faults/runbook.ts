import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../binaries/command.ts";
import { findPrograms } from "../site/programs.ts";
import { settingsFile } from "../site/paths.ts";
import type { Site } from "../site/site.ts";

const PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A block of a document that is meant to be typed. */
export interface Block {
  /** `sh`, `yaml`. */
  readonly language: string;
  readonly text: string;
}

/** Where persons read how to restore; drills type what it says. */
export const restoreRunbook = (): string => readFileSync(join(__dirname, "..", "..", "docs", "restore.md"), "utf8");

/** A chapter's text. @throws where there is none of that heading */
export function chapter(markdown: string, heading: string): string {
  const parts = markdown.split(/^## /m);
  const found = parts.find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`the runbook has no chapter ${JSON.stringify(heading)}`);
  return found;
}

export const blocksIn = (text: string): readonly Block[] =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => ({ language, text: body }));

/** The only block that contains some words. @throws where there is none, or several */
export function blockWith(text: string, words: string): string {
  const found = blocksIn(text).filter((block) => block.text.includes(words));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`the runbook has ${found.length} blocks with ${JSON.stringify(words)} where one is wanted`);
  return only.text;
}

/** Replaces a text that stands there once. @throws where it does not */
export function swap(text: string, what: string, by: string): string {
  const count = text.split(what).length - 1;
  if (count !== 1)
    throw new Error(`${JSON.stringify(what)} stands ${count} times in the runbook's text, once is wanted`);
  return text.replace(what, () => by);
}

/** Moves lines to the right. */
export const indent = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

/**
 * Types commands at a site, as a person with `kubectl` for its cluster would. @param input what a pipe into them holds
 *
 * @throws with what the first failing one said
 */
export async function type(site: Site, commands: string, input?: string): Promise<string> {
  const { kubectl } = await findPrograms(() => undefined);
  const start = `set -euo pipefail
cd "$(mktemp -d -p /run)"
kubectl() { command ${kubectl} --kubeconfig ${settingsFile("administrator.kubeconfig").path} "$@"; }
`;
  const { code, stdout, stderr } = await site.enter(["bash", "-c", `${start}${commands}`], input);
  if (code !== 0)
    throw new Error(`${site.name}: the runbook's commands failed: ${stderr.trim().split("\n").slice(-5).join("; ")}`);
  return stdout;
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Types commands as a person would whose `kubectl` knows the clusters by their sites' names.
 *
 * @param sites the first is the one that `kubectl` means without `--context`
 * @throws with what the first failing one said
 */
export async function typeAt(sites: readonly [Site, ...Site[]], commands: string): Promise<string> {
  const [{ name }] = sites;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-runbook-"));
  const script = `set -euo pipefail
kubectl() {
  local context=${quote(name)}
  if [ "$1" = --context ]; then context=$2; shift 2; fi
  case "$context" in
${sites.map((site) => `    ${quote(site.name)}) ${site.kubectlWords.map(quote).join(" ")} "$@" ;;`).join("\n")}
    *) echo "no context $context" >&2; return 1 ;;
  esac
}
${commands}`;
  try {
    const env = { PATH: PROGRAMS, HOME: "/run", LANG: "C" };
    const { code, stdout, stderr } = await run("bash", ["-c", script], { cwd: folder, env });
    if (code !== 0)
      throw new Error(`${name}: the runbook's commands failed: ${stderr.trim().split("\n").slice(-5).join("; ")}`);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
