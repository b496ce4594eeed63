import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where control groups are mounted; each folder is a hierarchy of its own (version 1). */
const ROOT = "/sys/fs/cgroup";
const GONE_WITHIN_MS = 10_000;

const hierarchies = (): readonly string[] =>
  readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, "cgroup.procs")));

/**
 * Makes a control group in every hierarchy. One for CPUs takes no process until it has some: it gets all.
 *
 * @param shares its weight for the processors among its neighbours, each of which has the kernel's 1024
 */
export function makeCgroup(name: string, shares: number): void {
  for (const hierarchy of hierarchies()) {
    const folder = join(ROOT, hierarchy, name);
    mkdirSync(folder, { recursive: true });
    for (const file of ["cpuset.cpus", "cpuset.mems"])
      if (existsSync(join(folder, file))) writeFileSync(join(folder, file), readFileSync(join(ROOT, hierarchy, file)));
    if (existsSync(join(folder, "cpu.shares"))) writeFileSync(join(folder, "cpu.shares"), String(shares));
  }
}

/** The groups inside a control group and itself, the innermost first; empty when there is none. */
export function groupsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...inside.flatMap(({ name }) => groupsIn(join(folder, name))), folder];
}

/** The folder of a control group, in the hierarchy by which processes are found. */
export const cgroupFolder = (name: string): string => join(ROOT, "pids", name);

/** Removes a control group and those inside it. The kernel needs a moment after the end of the last process. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of hierarchies())
    for (const folder of groupsIn(join(ROOT, hierarchy, name))) await removeOne(folder);
}

async function removeOne(folder: string): Promise<void> {
  const end = Date.now() + GONE_WITHIN_MS;
  for (;;) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if (!existsSync(folder)) return;
      if (Date.now() > end) throw new Error(`the control group ${folder} cannot be removed`, { cause: error });
    }
    await sleep(20);
  }
}
