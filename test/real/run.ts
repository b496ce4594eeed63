import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findProgram, run } from "../../lab/binaries/command.ts";
import { ensureTools } from "../../lab/binaries/ensure.ts";
import { neededTools } from "./support/programs.ts";

const project = resolve(__dirname, "../..");
const report = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Plans every topology into `folder`. A plan that breaks a promise (code 1) is still a plan, and its manifests must
 * still be right.
 */
async function plan(folder: string): Promise<void> {
  const holdfast = join(project, "bin", "holdfast.js");
  const { code, stderr } = await run(process.execPath, [holdfast, "plan", "--out", folder, "--json"], { cwd: project });
  if (code !== 0 && code !== 1) throw new Error(`holdfast plan ended with code ${code}:\n${stderr.trim()}`);
}

/**
 * The words that start a program in namespaces of its own: network, mounts and processes. Whatever the tests start
 * ends with it, and nothing outside can be reached or changed.
 */
function isolated(): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  return [...user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
}

async function checkIsolation(): Promise<string> {
  const unshare = findProgram("unshare");
  if (unshare === undefined) throw new Error("unshare is missing\n  fix: on Debian: apt-get install util-linux");
  const { code, stderr } = await run(unshare, [...isolated(), "true"]);
  if (code === 0) return unshare;
  throw new Error(`no namespaces for the tests: ${stderr.trim()}\n  fix: run as root, or allow user namespaces`);
}

/**
 * `npm run test:real [-- mocha's words]`: builds what is missing, plans, and runs the tests against real programs.
 * With `HOLDFAST_PLAN` set to the folder of a finished plan, that plan is tested instead of a new one.
 */
async function main(words: readonly string[]): Promise<number> {
  const unshare = await checkIsolation();
  await ensureTools(neededTools, report);
  const given = process.env["HOLDFAST_PLAN"];
  const scratch = mkdtempSync(join(tmpdir(), "holdfast-real-"));
  try {
    const planned = given === undefined ? join(scratch, "plan") : resolve(given);
    if (given === undefined) {
      report("planning every topology");
      await plan(planned);
    }
    const mocha = join(project, "node_modules", "mocha", "bin", "mocha.js");
    const args = [...isolated(), process.execPath, mocha, "--config", ".mocharc.real.json", ...words];
    const env = { ...process.env, HOLDFAST_PLAN: planned, HOLDFAST_SCRATCH: scratch };
    const child = spawn(unshare, args, { cwd: project, stdio: ["ignore", "inherit", "inherit"], env });
    return await new Promise((settle, fail) => child.on("error", fail).on("close", (code) => settle(code ?? 1)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main(process.argv.slice(2))
  .then((code) => (process.exitCode = code))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
