import { readFileSync } from "node:fs";

/** A process that cannot be mistaken for another one which later got the same id. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in clock ticks since the machine did. */
  readonly started: string;
}

const START_TIME_FIELD = 22;

/** The mark of a process that lives now; undefined when there is none, or only its corpse. */
export function markOf(pid: number): ProcessMark | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets, and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const started = fields[START_TIME_FIELD - 3];
    return started === undefined || fields[0] === "Z" ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}

export const isAlive = (mark: ProcessMark): boolean => markOf(mark.pid)?.started === mark.started;

/** Sends a signal to a process if it still lives; tells whether it did. */
export function signal(mark: ProcessMark, name: NodeJS.Signals): boolean {
  if (!isAlive(mark)) return false;
  try {
    process.kill(mark.pid, name);
    return true;
  } catch {
    return false;
  }
}

/** The processes that a process has started and that live now. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return children === "" ? [] : children.split(" ").map(Number);
  } catch {
    return [];
  }
}
