import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupFolder, groupsIn } from "../network/cgroup.ts";
import { markOf, signal } from "../network/mark.ts";
import type { ProcessMark } from "../network/mark.ts";
import { cgroupOf } from "./node-config.ts";

/** A process of a container, as seen from outside. */
export interface ContainerProcess {
  readonly mark: ProcessMark;
  /** Its words, such as `postgres: checkpointer`. */
  readonly command: string;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process, or its group, has just ended.
    return "";
  }
};

/** The processes of a container, found by its control group. Empty when it does not run. */
export function containerProcesses(server: string, podUid: string, containerId: string): readonly ContainerProcess[] {
  const id = containerId.replace(/^containerd:\/\//, "");
  const pod = `/pod${podUid}/`;
  const groups = groupsIn(cgroupFolder(cgroupOf(server))).filter(
    (group) => group.includes(pod) && group.includes(`/${id}`),
  );
  return groups.flatMap(processesIn);
}

function processesIn(group: string): readonly ContainerProcess[] {
  const pids = read(join(group, "cgroup.procs")).split("\n").filter(Boolean);
  return pids.flatMap((pid) => {
    const mark = markOf(Number(pid));
    const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    return mark === undefined ? [] : [{ mark, command }];
  });
}

/** The processes of a pod's containers, also of those that the cluster's API does not tell yet; quick to ask again. */
export class PodProcesses {
  readonly #server: string;
  readonly #uid: string;
  #folder: string | undefined;

  constructor(server: string, uid: string) {
    this.#server = server;
    this.#uid = uid;
  }

  now(): readonly ContainerProcess[] {
    this.#folder ??= groupsIn(cgroupFolder(cgroupOf(this.#server))).find((group) => group.endsWith(`/pod${this.#uid}`));
    return this.#folder === undefined ? [] : groupsIn(this.#folder).flatMap(processesIn);
  }
}

/** Stops processes where they are, as when their machine hangs; connections stay open. */
export function freeze(processes: readonly ContainerProcess[]): void {
  for (const { mark } of processes) signal(mark, "SIGSTOP");
}

export function thaw(processes: readonly ContainerProcess[]): void {
  for (const { mark } of processes) signal(mark, "SIGCONT");
}
