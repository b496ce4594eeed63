import { chmodSync, cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ToolError } from "./tool.ts";

/** A change of one source file: what is replaced, wherever it occurs, and why. */
export interface Edit {
  /** Path inside the module. */
  readonly file: string;
  readonly why: string;
  readonly replace: Readonly<Record<string, string>>;
}

/** Copies a module out of Go's cache, where everything is read-only. */
export function copyModule(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

/** @throws if something that is to be replaced is not there: the module is another one than the edits were made for. */
export function applyEdits(tool: string, source: string, list: string): void {
  for (const { file, replace } of JSON.parse(readFileSync(list, "utf8")) as readonly Edit[]) {
    const path = join(source, file);
    let text = readFileSync(path, "utf8");
    for (const [from, to] of Object.entries(replace)) {
      if (!text.includes(from)) throw new ToolError(tool, `${file} has no "${from}"`, "mend the recipe's edits.json");
      text = text.replaceAll(from, to);
    }
    writeFileSync(path, text);
  }
}
