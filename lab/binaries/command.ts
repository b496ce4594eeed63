import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What a finished command left behind. */
export interface CommandResult {
  /** Exit code; -1 when the command was ended by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of a command, beside its words. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text given on standard input; without it, standard input is empty. */
  readonly input?: string;
  /** Called with each line of standard error while the command runs. */
  readonly onErrorLine?: (line: string) => void;
}

/** Runs a command to its end, without a shell. A code other than 0 is a result, not an exception. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    let line = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      for (const whole of lines) options.onErrorLine?.(whole);
    });
    // A program that exits before it has read its input is judged by its exit code.
    child.stdin.on("error", () => undefined).end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/**
 * The path of a program, or undefined. Looks where `PATH` says and then where Debian keeps an administrator's programs,
 * which are not on everybody's `PATH`; or only in the named folder.
 */
export function findProgram(program: string, folder?: string): string | undefined {
  const folders =
    folder === undefined
      ? [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/go/bin"]
      : [folder];
  return folders
    .filter((place) => place !== "")
    .map((place) => join(place, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
