import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
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
 * @throws InputError when the folder holds something that no plan wrote, or can't be written
 */
export function writePlan(directory: string, files: Files): void {
  const target = resolve(directory);
  refuseOut(directory);
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
    throw writeError(error, directory);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(target)) rmSync(former, { recursive: true, force: true });
  }
}

/**
 * Before anything is planned, so that nobody waits for a plan that can't be written.
 *
 * @throws InputError when the folder holds something that no plan wrote, or can't be written
 */
export function refuseOut(directory: string): void {
  const target = resolve(directory);
  try {
    refuseForeign(directory, target);
    tryParent(dirname(target), basename(target));
  } catch (error) {
    throw writeError(error, directory);
  }
}

function refuseForeign(directory: string, target: string): void {
  const stands = lstatSync(target, { throwIfNoEntry: false });
  if (!stands) return;
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
  const found = statSync(target, { throwIfNoEntry: false });
  if (!found) return refuse("a link that leads nowhere");
  if (!found.isDirectory()) return refuse("a file");
  const entries = readdirSync(target);
  if (entries.length > 0 && !entries.includes(MARKER)) refuse("a folder with other files");
}

/**
 * Makes a folder in the nearest parent that exists, and takes it away again. Permissions alone don't tell: root may write
 * to `/proc` by its mode, and a mount may be read-only. Node's recursive mkdir never returns in such a folder (Node 22).
 */
function tryParent(parent: string, name: string): void {
  if (!lstatSync(parent, { throwIfNoEntry: false })) return tryParent(dirname(parent), basename(parent));
  const probe = join(parent, `.${name}.try-${process.pid}`);
  mkdirSync(probe);
  rmdirSync(probe);
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  EACCES: "no permission to write there",
  EPERM: "no permission to write there",
  EROFS: "a read-only file system",
  ENOENT: "a place where no folder can be made",
  ENOTDIR: "a file where a folder must be",
  ENOSPC: "no space left",
  EDQUOT: "no space left",
  ENAMETOOLONG: "a name that is too long",
  ELOOP: "links that lead in a circle",
  EXDEV: "a mount of its own, which can't be replaced",
  EBUSY: "a mount of its own, which can't be replaced",
};

function writeError(error: unknown, directory: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const value = UNWRITABLE[code];
  if (value === undefined) return error;
  return new InputError("Command line", [
    {
      offender: `--out ${directory}`,
      rule: "a folder that can be written",
      value: `${value} (${code})`,
      fix: "name another folder",
    },
  ]);
}
