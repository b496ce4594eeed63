import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** What is asked, and of whom. */
export interface NameQuestion {
  /** Words before the command, which lead to the place that asks; none: here. */
  readonly enter?: readonly string[];
  /** The name server's address, with a port where it is not 53. */
  readonly server: string;
  readonly host: string;
  /** The address that is looked for in the answers. */
  readonly address: string;
}

/** Between two questions; each answer gives one of the addresses that are alive, or all. */
export const ASKED_EVERY_SECONDS = 0.1;
const ANSWER_WITHIN_MS = 5000;

/** Watches a name server's answers in a process of its own, in another place's network; it ends with this one. */
export function watchName({ enter = [], server, host, address }: NameQuestion): {
  /** It has asked once, or could not be started. */
  readonly begun: Promise<void>;
  /** Ends it. @returns when the address was last told; undefined: never, or it could not be watched */
  readonly end: () => Promise<number | undefined>;
} {
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const script = ["--import", loader, join(__dirname, "name-watcher.ts")];
  const question = [server, host, address, String(ASKED_EVERY_SECONDS * 1000)];
  const [program = process.execPath, ...words] = [...enter, process.execPath, ...script, ...question];
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "ignore"] });
  let said = "";
  child.stdin.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => void child.on("error", () => resolve()).on("close", () => resolve()));
  const asked = new Promise<void>(
    (resolve) =>
      void child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        resolve();
      }),
  );
  return {
    begun: Promise.race([asked, gone]),
    end: async () => {
      child.stdin.end();
      const force = setTimeout(() => child.kill("SIGKILL"), ANSWER_WITHIN_MS);
      await gone;
      clearTimeout(force);
      const last = Number(said.split("\n")[1] ?? "");
      return last > 0 ? last : undefined;
    },
  };
}
