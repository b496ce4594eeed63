import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { childrenOf, isAlive, markOf, signal } from "./mark.ts";
import type { ProcessMark } from "./mark.ts";
import { eventually } from "./wait.ts";

const STARTED_WITHIN_MS = 10_000;
const READY_WITHIN_MS = 60_000;
const LINES_TOLD = 15;

/** A program that runs in a machine until it is killed, or its machine is. */
export class MachineProcess {
  readonly name: string;
  readonly log: string;
  readonly #door: ChildProcess;
  readonly #ended: Promise<string>;
  #end: string | undefined;
  #mark: ProcessMark | undefined;

  /**
   * Starts it. `words` enter the machine and then run the program; the program is thus the child of a process outside.
   */
  constructor(name: string, words: readonly string[], env: Readonly<Record<string, string>>, log: string) {
    this.name = name;
    this.log = log;
    const descriptor = openSync(log, "a");
    const [program = "", ...args] = words;
    // A group of its own: a Ctrl-C at the terminal ends the run in its order, not every program at once.
    this.#door = spawn(program, args, { cwd: "/", env, stdio: ["ignore", descriptor, descriptor], detached: true });
    closeSync(descriptor);
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => resolve((this.#end ??= how));
      this.#door.on("error", (error) => end(error.message));
      this.#door.on("exit", (code, name) => end(`ended with ${name ?? `code ${code}`}`));
    });
  }

  /** Waits until the program itself, not only the way into the machine, runs. */
  async started(): Promise<void> {
    const outside = this.#door.pid;
    const hasStarted = (): boolean => {
      const [child] = outside === undefined ? [] : childrenOf(outside);
      this.#mark = child === undefined ? undefined : markOf(child);
      return this.#mark !== undefined || this.#end !== undefined;
    };
    await eventually(`${this.name} starts`, hasStarted, STARTED_WITHIN_MS, 5);
  }

  /** Its process id as seen from outside; undefined when it does not run. */
  get pid(): number | undefined {
    return this.isRunning ? this.#mark?.pid : undefined;
  }

  get isRunning(): boolean {
    return this.#end === undefined && this.#mark !== undefined && isAlive(this.#mark);
  }

  /** Stops it where it is, as when its machine hangs; its connections stay open. */
  freeze(): void {
    this.#send("SIGSTOP");
  }

  thaw(): void {
    this.#send("SIGCONT");
    // The way into the machine stops with what it leads to.
    this.#door.kill("SIGCONT");
  }

  /** Ends it, without mercy unless told otherwise, and returns when it is gone. */
  async kill(how: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (!this.isRunning) return;
    this.#send(how);
    this.thaw();
    await this.#ended;
  }

  /** Settles when it has ended, with how. */
  ended(): Promise<string> {
    return this.#ended;
  }

  /** Waits until `isReady`; if the program ends first, or time runs out, throws with the end of its log. */
  async ready(isReady: () => Promise<boolean> | boolean, withinMs = READY_WITHIN_MS): Promise<void> {
    const check = async (): Promise<boolean> => this.#end !== undefined || (await isReady());
    try {
      await eventually(`${this.name} is ready`, check, withinMs);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${why}; it says:\n    ${this.#lastLines()}`, { cause: error });
    }
    if (this.#end !== undefined) throw new Error(`${this.name} ${this.#end}:\n    ${this.#lastLines()}`);
  }

  #send(name: NodeJS.Signals): void {
    if (this.#mark !== undefined) signal(this.#mark, name);
  }

  #lastLines(): string {
    return readFileSync(this.log, "utf8").trim().split("\n").slice(-LINES_TOLD).join("\n    ");
  }
}
