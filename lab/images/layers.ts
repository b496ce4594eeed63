import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ensureEntry, entryName } from "../binaries/cache.ts";
import { run } from "../binaries/command.ts";
import type { CommandOptions } from "../binaries/command.ts";
import { ToolError } from "../binaries/tool.ts";
import type { BuiltLayer } from "./image.ts";

/** Says what takes time. */
export type Report = (line: string) => void;

/**
 * Returns a layer's folder in the cache, with `layer.tar` in it, made by `make` if it is not there.
 * @param ingredients everything that decides what is in the layer.
 * @param make fills the folder; it must write `layer.tar`, and may write `versions` (package and version, a line each).
 */
export async function ensureLayer(
  name: string,
  version: string,
  ingredients: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<{ readonly folder: string; readonly layer: BuiltLayer }> {
  const folder = await ensureEntry(entryName(`layer-${name}`, version, ingredients), async (draft) => {
    await make(draft);
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(draft, "layer.tar"), { highWaterMark: 1 << 20 }), hash);
    writeFileSync(join(draft, "digest"), `sha256:${hash.digest("hex")}`);
  });
  const file = join(folder, "layer.tar");
  const digest = readFileSync(join(folder, "digest"), "utf8");
  const versions = parseVersions(readIfThere(join(folder, "versions")));
  return { folder, layer: { file, digest, size: statSync(file).size, versions } };
}

/** Reads lines of `package version`. */
export function parseVersions(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => line.split(" ", 2) as [string, string]));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Runs a command that a layer needs. @throws with its last lines if it fails. */
export async function must(
  subject: string,
  fix: string,
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code === 0) return stdout;
  const last = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  throw new ToolError(subject, `${program} ended with code ${code}:\n    ${last.slice(-15).join("\n    ")}`, fix);
}

/** Packs a folder as a layer: names in order, owners by number, so that the same files give the same bytes. */
export async function packFolder(source: string, file: string, excluded: readonly string[] = []): Promise<void> {
  const exclusions = excluded.map((pattern) => `--exclude=${pattern}`);
  const args = ["--create", "--file", file, "--sort=name", "--mtime=@0", "--numeric-owner", ...exclusions];
  await must("layer", "check that the disk is not full", "tar", [...args, "--directory", source, "."]);
}
