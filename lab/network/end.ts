import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { isAlive, signal } from "./mark.ts";
import type { ProcessMark } from "./mark.ts";
import { eventually } from "./wait.ts";

const GONE_WITHIN_MS = 10_000;

/** The mounts that a process sees, by a name of the kernel's; empty when it has ended or may not be looked at. */
function mountsOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return "";
  }
}

const pidsIn = (mounts: ReadonlySet<string>): readonly string[] =>
  readdirSync("/proc").filter((name) => /^\d+$/.test(name) && mounts.has(mountsOf(name)));

/** Files below a folder that a loop device still reads and writes. */
function loopFiles(folder: string): readonly string[] {
  const files = readdirSync("/sys/block").map((name) => {
    try {
      return readFileSync(join("/sys/block", name, "loop", "backing_file"), "utf8").trim();
    } catch {
      return "";
    }
  });
  return files.filter((file) => file.startsWith(`${folder}/`));
}

/**
 * Ends the machines with these first processes, and waits until nothing is left of them: the ways into them, which are
 * processes outside, and the devices below a run's folder.
 * @throws when something stays.
 */
export async function endMachines(
  marks: readonly ProcessMark[],
  folder: string,
  report: (line: string) => void,
): Promise<void> {
  const own = mountsOf("self");
  // Only those of machines that live: the kernel gives the name of a dead one's mounts to somebody else.
  const mounts = new Set(marks.filter(isAlive).map(({ pid }) => mountsOf(`${pid}`)));
  for (const name of [own, ""]) mounts.delete(name);
  const killed = marks.filter((mark) => signal(mark, "SIGKILL")).length;
  if (killed > 0) report(`ended ${killed} machines of the lab that were still on`);
  const areGone = (): boolean => !marks.some(isAlive) && pidsIn(mounts).length === 0;
  await eventually("every process of the lab's machines has ended", areGone, GONE_WITHIN_MS, 20);
  await eventually("the lab's disks are released", () => loopFiles(folder).length === 0, GONE_WITHIN_MS, 20);
}
