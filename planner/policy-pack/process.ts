import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join, resolve } from "node:path";

/** Longest wait for the process to say where it listens, milliseconds; it takes some 1.5 s on two cores. */
const READY_WITHIN = 120_000;
/** Longest wait for it to end when asked, milliseconds; then it is killed. */
const END_WITHIN = 2_000;
/** The SDK's runner drops the engine's address (@pulumi/pulumi 3.270, cmd/run-policy-pack): a pack logs to its output. */
const NO_ENGINE = "127.0.0.1:0";
const RUNNER = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
const PACK = resolve(__dirname, "..", "..", "policies");

/** A policy pack's own process, as `pulumi preview --policy-pack` starts it. */
export interface PackProcess {
  /** Where its Analyzer service listens. */
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the process of the policy pack in a folder.
 *
 * @throws Error with what the process printed, if it ends or stays silent instead of listening
 */
export async function startPack(folder: string = PACK): Promise<PackProcess> {
  const child = spawn(process.execPath, [RUNNER, NO_ENGINE, "."], {
    cwd: folder,
    // What loads TypeScript here must not load it a second time there.
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  try {
    const port = await portOf(child, folder);
    const stop = async (): Promise<void> => {
      await end(child);
      process.off("exit", kill);
    };
    return { address: `127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
  } catch (error) {
    kill();
    process.off("exit", kill);
    throw error;
  }
}

function portOf(child: ChildProcess, folder: string): Promise<number> {
  return new Promise((resolvePort, reject) => {
    let output = "";
    let errors = "";
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error(`the policy pack in ${join(folder)} ${what}\n${errors}${output}`.trimEnd()));
    };
    const timer = setTimeout(() => fail(`did not listen within ${READY_WITHIN / 1000} s`), READY_WITHIN);
    child.stderr?.on("data", (text: Buffer) => (errors += text.toString()));
    child.stdout?.on("data", (text: Buffer) => {
      output += text.toString();
      const port = /^(\d+)\r?\n/m.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolvePort(Number(port));
    });
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => fail(`ended (${signal ?? code}) before it listened`));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), END_WITHIN);
    child.once("exit", () => {
      clearTimeout(timer);
      done();
    });
    child.kill("SIGTERM");
  });
}
