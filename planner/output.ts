import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../config/problem.ts";

/** Marks a folder as one that a plan wrote, and may therefore replace. */
const MARKER = ".holdfast-plan";

/** Path inside the folder → content. */
export type Files = ReadonlyMap<string, string>;

/**
 * Writes a whole plan, or nothing: the files are written beside the folder, which they then replace, so that no file of a
 * former plan stays and no reader sees half of one.
 *
 * @throws InputError when the folder holds something that no plan wrote
 */
export function writePlan(directory: string, files: Files): void {
  const target = resolve(directory);
  refuseForeign(target);
  const fresh = join(dirname(target), `.${basename(target)}.new-${process.pid}`);
  const former = join(dirname(target), `.${basename(target)}.old-${process.pid}`);
  try {
    for (const [path, content] of [
      ...files,
      [MARKER, "A plan of Holdfast. The next one replaces this folder.\n"] as const,
    ]) {
      const file = join(fresh, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    if (existsSync(target)) renameSync(target, former);
    renameSync(fresh, target);
  } catch (error) {
    if (!existsSync(target) && existsSync(former)) renameSync(former, target);
    throw writeError(error, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(target)) rmSync(former, { recursive: true, force: true });
  }
}

/** Before anything is planned, so that nobody waits for a plan that can't be written. */
export function refuseForeign(directory: string): void {
  const target = resolve(directory);
  if (!existsSync(target)) return;
  const refuse = (value: string): never => {
    throw new InputError("Command line", [
      {
        offender: `--out ${directory}`,
        rule: "a folder that does not exist, is empty, or was written by a plan",
        reason: "the plan replaces all that is in it",
        value,
        fix: "name another folder",
      },
    ]);
  };
  if (!statSync(target).isDirectory()) refuse("a file");
  const entries = readdirSync(target);
  if (entries.length > 0 && !entries.includes(MARKER)) refuse("a folder with other files");
}

function writeError(error: unknown, target: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOTDIR", "EXDEV", "EBUSY"].includes(code)) return error;
  return new InputError("Command line", [
    { offender: `--out ${target}`, rule: "a folder that can be written", value: code, fix: "name another folder" },
  ]);
}
