import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { scratchFolder } from "./machine.ts";

/** A program that runs until it is stopped. */
export interface Daemon {
  readonly pid: number;
  /** What it has printed so far. */
  output(): string;
  /** Waits until `isReady`; if the program ends first, or time runs out, throws with the end of its output. */
  ready(isReady: () => Promise<boolean> | boolean, withinMs?: number): Promise<void>;
  /** Ends it by its id, gently and after 10 s by force; returns when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const MILLISECONDS_BETWEEN_LOOKS = 50;
const GENTLE_MILLISECONDS = 10_000;

/** Waits until a condition holds. An exception counts as "not yet", and the last one is told when time runs out. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs = 20_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  let last = "";
  while (Date.now() < end) {
    try {
      if (await holds()) return;
      last = "";
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    await sleep(MILLISECONDS_BETWEEN_LOOKS);
  }
  throw new Error(`not within ${withinMs} ms: ${what}${last}`);
}

/** Starts programs and stops all of them, in the opposite order. */
export class Daemons {
  readonly #started: Daemon[] = [];
  readonly #folder = scratchFolder("daemons");

  start(name: string, program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Daemon {
    const log = join(this.#folder, `${this.#started.length}-${name}.log`);
    const descriptor = openSync(log, "w");
    const child = spawn(program, args, {
      cwd: this.#folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", descriptor, descriptor],
    });
    closeSync(descriptor);
    const daemon = watch(name, child, () => readFileSync(log, "utf8"));
    this.#started.push(daemon);
    return daemon;
  }

  async stop(): Promise<void> {
    for (const daemon of this.#started.splice(0).reverse()) await daemon.stop();
  }
}

function watch(name: string, child: ChildProcess, output: () => string): Daemon {
  let ended: string | undefined;
  child.on("error", (error) => (ended = error.message));
  const gone = new Promise<void>((resolve) => {
    child.on("error", () => resolve());
    child.on("exit", (code, signal) => {
      ended = `ended with ${signal ?? `code ${code}`}`;
      resolve();
    });
  });
  const lastLines = (): string => output().trim().split("\n").slice(-15).join("\n    ");
  return {
    pid: child.pid ?? -1,
    output,
    async ready(isReady, withinMs = 60_000) {
      const check = async (): Promise<boolean> => ended !== undefined || (await isReady());
      try {
        await eventually(`${name} is ready`, check, withinMs);
      } catch (error) {
        throw new Error(`${name} is not ready; it says:\n    ${lastLines()}`, { cause: error });
      }
      if (ended !== undefined) throw new Error(`${name} ${ended}:\n    ${lastLines()}`);
    },
    async stop(signal = "SIGTERM") {
      if (ended !== undefined) return;
      child.kill(signal);
      const force = setTimeout(() => child.kill("SIGKILL"), GENTLE_MILLISECONDS);
      await gone;
      clearTimeout(force);
    },
  };
}
