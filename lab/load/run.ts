import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { HistoryReader } from "./history.ts";
import type { History } from "./history.ts";
import type { WorkerPlanInput } from "./plan.ts";

/** Requests of one place. */
export interface LoadWorker {
  readonly plan: Omit<WorkerPlanInput, "history">;
  /** Words before the command, such as `nsenter --net=/run/netns/world`; none: here. */
  readonly enter?: readonly string[];
}

/** A load under way. */
export interface Load {
  /** What has been seen so far, while it goes on. */
  peek(): Promise<readonly History[]>;
  /** Ends it and reads what was seen. Can be called once. */
  stop(): Promise<readonly History[]>;
}

const WORKER = join(__dirname, "worker.ts");
const START_MILLISECONDS = 20_000;
/** Twice what a worker waits for its last answers, and room to write them. */
const STOP_MILLISECONDS = 15_000;

/**
 * Starts the workers, and resolves when all of them have begun. They end with this process, however it ends.
 *
 * @param folder where plans and histories are kept; made if absent
 * @throws where one of them does not begin, with what it said
 */
export async function startLoad(folder: string, workers: readonly LoadWorker[]): Promise<Load> {
  mkdirSync(folder, { recursive: true });
  const running = workers.map((worker) => launch(folder, worker));
  const limit = Date.now() + START_MILLISECONDS;
  for (const worker of running) {
    while (!existsSync(worker.history) && worker.ended() === undefined && Date.now() < limit) await sleep(20);
    if (worker.ended() === undefined && existsSync(worker.history)) continue;
    for (const other of running) other.kill();
    throw new Error(`load worker ${worker.name} did not start: ${worker.ended() ?? "no history"}\n${worker.errors()}`);
  }
  const readers = running.map(({ history }) => new HistoryReader(history));
  const read = async (): Promise<readonly History[]> => {
    const histories: History[] = [];
    for (const reader of readers) histories.push(await reader.read());
    return histories;
  };
  return {
    peek: read,
    async stop() {
      await Promise.all(running.map((worker) => worker.stop()));
      return await read();
    },
  };
}

function launch(folder: string, { plan, enter = [] }: LoadWorker) {
  const history = join(folder, `${plan.name}.ndjson`);
  const planFile = join(folder, `${plan.name}.json`);
  writeFileSync(planFile, JSON.stringify({ ...plan, history }));
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const [program = process.execPath, ...words] = [...enter, process.execPath, "--import", loader, WORKER, planFile];
  const child = spawn(program, words, { stdio: ["pipe", "ignore", "pipe"] });
  let errors = "";
  let ended: string | undefined;
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-4000)));
  child.stdin.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      ended = error.message;
      resolve();
    });
    child.on("close", (code, signal) => {
      ended ??= `ended with ${signal ?? `code ${code}`}`;
      resolve();
    });
  });
  return {
    name: plan.name,
    history,
    ended: () => ended,
    errors: () => errors,
    kill: () => void child.kill("SIGKILL"),
    async stop() {
      child.stdin.end();
      const force = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
      await gone;
      clearTimeout(force);
    },
  };
}
