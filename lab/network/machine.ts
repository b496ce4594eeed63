import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { run as runCommand } from "../binaries/command.ts";
import type { CommandResult } from "../binaries/command.ts";
import { bootScript } from "./boot.ts";
import type { MachineParts } from "./boot.ts";
import { childrenOf, isAlive, markOf, signal } from "./mark.ts";
import type { ProcessMark } from "./mark.ts";
import { MachineProcess } from "./process.ts";
import type { Run } from "./run.ts";

/** Programs that machines are made with, by their paths. */
export interface MachineTools {
  readonly chrt: string;
  readonly init: string;
  readonly nsenter: string;
  readonly setpriv: string;
  readonly unshare: string;
}

export interface MachineSpec extends MachineParts {
  /** Files of /etc, by their paths in it; each may be changed later by `writeEtc`. */
  readonly etc?: Readonly<Record<string, string>>;
  /**
   * Clients, and what lies between them and the sites, have processors of their own: whatever runs here goes before all that
   * the sites do, so that what is measured is the sites' time and not its own. By real-time scheduling, for niceness counts
   * only within a session where the kernel groups processes by sessions (sched(7)). Default: it takes its turn.
   */
  readonly goesFirst?: boolean;
}

/** What a machine's programs get; what they keep at home dies with it. */
const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/run", LANG: "C" };

/** The words of chrt (util-linux 2.38) for what goes before every process of the usual kind. */
export const GOING_FIRST = ["--rr", "1"] as const;
/** Namespaces of a machine, beside its processes'. */
const SHARED = ["--net", "--mount", "--uts", "--ipc"] as const;

/**
 * A machine of the lab: namespaces of its own (network, mounts, processes, host name), and its own /run, /etc and
 * disks on this machine's file system. When its first process dies everything in it does at once, mounts and network
 * included, as when the power fails. It dies with the driver.
 */
export class Machine {
  readonly name: string;
  readonly #run: Run;
  readonly #tools: MachineTools;
  readonly #spec: MachineSpec;
  readonly #processes = new Map<string, MachineProcess>();
  #outside: ChildProcess | undefined;
  #init: ProcessMark | undefined;

  constructor(run: Run, tools: MachineTools, spec: MachineSpec) {
    this.name = spec.name;
    this.#run = run;
    this.#tools = tools;
    this.#spec = spec;
    for (const [path, text] of Object.entries(spec.etc ?? {})) this.writeEtc(path, text);
  }

  /** Switches it on. It has no network yet but its own loopback: plug it in. */
  async boot(): Promise<void> {
    if (this.isUp) throw new Error(`${this.name} is already on`);
    this.#processes.clear();
    const script = bootScript(this.#spec, this.#etc(), this.#tools.init);
    const { setpriv, unshare } = this.#tools;
    const namespaces = [...SHARED, "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
    const words = ["--pdeathsig", "KILL", unshare, ...namespaces, "sh", "-euc", script];
    const outside = spawn(setpriv, words, {
      cwd: "/",
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let errors = "";
    outside.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    this.#outside = outside;
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: outside.stdout }).on("line", (line) => {
        if (line === "ready") resolve();
      });
      outside.on("error", reject);
      outside.on("exit", () => reject(new Error(`machine ${this.name} does not boot: ${errors.trim()}`)));
    });
    const [init] = outside.pid === undefined ? [] : childrenOf(outside.pid);
    this.#init = init === undefined ? undefined : markOf(init);
    if (this.#init === undefined) throw new Error(`machine ${this.name} died as it booted: ${errors.trim()}`);
    this.#run.noteProcess(this.#init);
    await this.ip(["link set lo up"]);
  }

  get isUp(): boolean {
    return this.#init !== undefined && isAlive(this.#init);
  }

  /** The id of its first process. @throws when it is off. */
  get pid(): number {
    if (this.#init === undefined || !isAlive(this.#init)) throw new Error(`${this.name} is off`);
    return this.#init.pid;
  }

  /** The words that run a command in it. @throws when it is off. */
  door(command: readonly string[]): readonly string[] {
    const { chrt, nsenter } = this.#tools;
    const first = this.#spec.goesFirst ? [chrt, ...GOING_FIRST] : [];
    return [...first, nsenter, "--target", String(this.pid), ...SHARED, "--pid", "--", ...command];
  }

  /** Runs a command in it, to its end. A failure is a result; one on a machine that is off has code -1. */
  async enter(command: readonly string[], input?: string): Promise<CommandResult> {
    if (!this.isUp) return { code: -1, stdout: "", stderr: `${this.name} is off` };
    const [program = "", ...args] = this.door(command);
    return await runCommand(program, args, { cwd: "/", env: environment, ...(input === undefined ? {} : { input }) });
  }

  /** Runs a command in it and returns what it printed. @throws when it fails. */
  async must(command: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.enter(command, input);
    if (code !== 0) throw new Error(`${this.name}: ${command.join(" ")}: ${stderr.trim() || stdout.trim()}`);
    return stdout;
  }

  /**
   * Changes its network, by lines for `ip -batch`. Process ids in them are those seen from outside.
   * @throws when one fails; those before it hold.
   */
  async ip(lines: readonly string[]): Promise<void> {
    const words = ["--target", String(this.pid), "--net", "--", "ip", "-batch", "-"];
    const { code, stderr } = await runCommand(this.#tools.nsenter, words, { cwd: "/", input: lines.join("\n") });
    if (code !== 0) throw new Error(`${this.name}: ip: ${stderr.trim()}, of\n  ${lines.join("\n  ")}`);
  }

  /** Starts a program that runs until it is killed; the name is free again when it has ended. */
  async start(
    name: string,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<MachineProcess> {
    if (this.#processes.get(name)?.isRunning) throw new Error(`${this.name}: ${name} already runs`);
    const log = join(this.#run.room("logs", this.name), `${name}.log`);
    const started = new MachineProcess(`${this.name}: ${name}`, this.door(command), { ...environment, ...env }, log);
    this.#processes.set(name, started);
    await started.started();
    return started;
  }

  /** A program that was started in it since it was switched on. @throws when there is none of that name. */
  process(name: string): MachineProcess {
    const found = this.#processes.get(name);
    if (found !== undefined) return found;
    throw new Error(`${this.name} runs no ${name}\n  fix: name one of ${[...this.#processes.keys()].join(", ")}`);
  }

  writeEtc(path: string, text: string): void {
    const file = join(this.#etc(), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** The folder laid over /etc. It lends /etc its mode, and not every program in a machine stays root. */
  #etc(): string {
    const folder = this.#run.room("machines", this.name, "etc");
    chmodSync(folder, 0o755);
    return folder;
  }

  /** Cuts its power: every process dies at once, and with them its mounts and its network. */
  async kill(): Promise<void> {
    const outside = this.#outside;
    if (outside === undefined || this.#init === undefined) return;
    const gone = new Promise<void>((resolve) => {
      if (outside.exitCode !== null || outside.signalCode !== null) resolve();
      else outside.on("exit", () => resolve());
    });
    signal(this.#init, "SIGKILL");
    await gone;
    await Promise.all([...this.#processes.values()].map((one) => one.ended()));
    this.#init = undefined;
  }
}
