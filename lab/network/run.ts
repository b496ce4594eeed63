import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../binaries/cache.ts";
import { removeCgroup } from "./cgroup.ts";
import { checkHost } from "./host.ts";
import { endMachines } from "./end.ts";
import { isAlive, markOf } from "./mark.ts";
import type { ProcessMark } from "./mark.ts";

/** What a run has started or changed outside its own processes, so that it can be undone after a crash. */
interface RunRecord {
  /** Which start of the machine the process marks belong to. */
  readonly boot: string;
  readonly driver: ProcessMark;
  readonly processes: readonly ProcessMark[];
  /** Control groups, by their names in each hierarchy. */
  readonly cgroups: readonly string[];
  /** Limits of the kernel that were raised, with the value they had. */
  readonly limits: Readonly<Record<string, string>>;
}

const RECORD = "run.json";

/** The folder that the lab keeps a run's state in. */
export const labFolder = (): string => join(cacheFolder(), "lab");

const bootId = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

function readRecord(folder: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, RECORD), "utf8")) as RunRecord;
  } catch {
    return undefined;
  }
}

/** The process that a run is under way in; undefined when there is none. */
export function runUnderWay(folder = labFolder()): number | undefined {
  const record = readRecord(folder);
  return record !== undefined && record.boot === bootId() && isAlive(record.driver) ? record.driver.pid : undefined;
}

/** One run of the lab: its folder, and the record of what it has to undo. Only one run is under way at a time. */
export class Run {
  readonly folder: string;
  #record: RunRecord;

  private constructor(folder: string, record: RunRecord) {
    this.folder = folder;
    this.#record = record;
    this.#save();
  }

  /**
   * Begins a run, after undoing what a crashed one left.
   * @throws when another run is under way, or naming everything that this machine lacks for one.
   */
  static async begin(report: (line: string) => void = () => undefined, folder = labFolder()): Promise<Run> {
    checkHost();
    const driver = markOf(process.pid);
    if (driver === undefined) throw new Error("/proc does not show this process\n  fix: mount /proc");
    const other = runUnderWay(folder);
    if (other !== undefined)
      throw new Error(`a run of the lab is under way (process ${other})\n  fix: wait for it, or end it`);
    await cleanUp(report, folder);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new Run(folder, { boot: bootId(), driver, processes: [], cgroups: [], limits: {} });
  }

  /** A folder of the run, made if it is not there. */
  room(...path: readonly string[]): string {
    const room = join(this.folder, ...path);
    mkdirSync(room, { recursive: true, mode: 0o700 });
    return room;
  }

  noteProcess(mark: ProcessMark): void {
    const processes = [...this.#record.processes.filter(isAlive), mark];
    this.#change({ processes });
  }

  /** Notes a control group that is about to be made. */
  noteCgroup(name: string): void {
    this.#change({ cgroups: [...new Set([...this.#record.cgroups, name])] });
  }

  /** Raises a limit of the kernel until the run ends; does nothing where it is high enough. */
  raiseLimit(file: string, atLeast: number, report: (line: string) => void): void {
    const before = readFileSync(file, "utf8").trim();
    if (Number(before) >= atLeast) return;
    this.#change({ limits: { ...this.#record.limits, [file]: before } });
    writeFileSync(file, String(atLeast));
    report(`raised ${file} from ${before} to ${atLeast} until the end of the run`);
  }

  /** Ends everything that the run has started and undoes what it has changed. Its logs stay. */
  end(report: (line: string) => void = () => undefined): Promise<void> {
    return cleanUp(report, this.folder);
  }

  /** Ends the run on Ctrl-C, a hang-up or a polite kill, and then this process with the code that shells give. */
  endOnSignals(report: (line: string) => void): void {
    let isEnding = false;
    for (const [name, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
      process.on(name, () => {
        // A terminal sends Ctrl-C to this process and to the one that started it, which passes it on: once is enough, and
        // a second one must not end the process in the middle of its clearing up.
        if (isEnding) return;
        isEnding = true;
        report(`${name}: ending what the run has started`);
        const fail = (error: unknown): void => report(error instanceof Error ? error.message : String(error));
        void this.end(report)
          .catch(fail)
          .finally(() => process.exit(128 + number));
      });
  }

  #change(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#save();
  }

  #save(): void {
    const file = join(this.folder, RECORD);
    writeFileSync(`${file}.new`, JSON.stringify(this.#record, undefined, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/**
 * Undoes what a run has left, whether it ended well or crashed: processes (and with a machine's first process its
 * namespaces, mounts and loop devices), control groups, limits, disks. Logs stay. Without a record there is nothing to do.
 * @throws when something cannot be undone; the record stays then, and a later call tries again.
 */
export async function cleanUp(report: (line: string) => void = () => undefined, folder = labFolder()): Promise<void> {
  const record = readRecord(folder);
  if (record === undefined) return;
  if (record.boot === bootId()) {
    await endMachines(record.processes, folder, report);
    for (const name of record.cgroups) await removeCgroup(name);
    for (const [file, value] of Object.entries(record.limits)) writeFileSync(file, value);
  }
  for (const name of readdirSync(folder))
    if (name !== "logs" && name !== RECORD) rmSync(join(folder, name), { recursive: true, force: true });
  rmSync(join(folder, RECORD), { force: true });
}
