import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder that built tools are kept in: `HOLDFAST_CACHE`, else `$XDG_CACHE_HOME/holdfast`, else `~/.cache/holdfast`.
 */
export function cacheFolder(): string {
  const { HOLDFAST_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  return own || join(xdg || join(homedir(), ".cache"), "holdfast");
}

/** A name for an entry: readable, and different whenever anything that went into it differs. */
export function entryName(name: string, version: string, ingredients: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(ingredients)).digest("hex").slice(0, 12);
  return `${name}-${version}-${hash}`;
}

/**
 * Returns the entry's folder, made by `make` if it is not there. An entry appears whole or not at all: it is made
 * beside its place and renamed, so that a run which is stopped, or two runs at once, leave no half of one.
 */
export async function ensureEntry(entry: string, make: (folder: string) => Promise<void>): Promise<string> {
  const place = join(cacheFolder(), entry);
  if (existsSync(place)) {
    const now = new Date();
    utimesSync(place, now, now);
    return place;
  }
  const draft = join(cacheFolder(), `.draft-${entry}-${randomBytes(4).toString("hex")}`);
  mkdirSync(draft, { recursive: true });
  try {
    await make(draft);
    try {
      renameSync(draft, place);
    } catch (error) {
      // Another run was first: its entry has the same ingredients.
      if (!existsSync(place)) throw error;
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return place;
}

/** Removes all but the entries last used of those whose name starts with `prefix`: of large things that change often. */
export function keepLastUsed(prefix: string, count: number): void {
  const entries = readdirSync(cacheFolder()).filter((name) => name.startsWith(prefix));
  const places = entries.map((name) => join(cacheFolder(), name));
  const byUse = places.map((place) => ({ place, used: statSync(place).mtimeMs })).sort((a, b) => b.used - a.used);
  for (const { place } of byUse.slice(count)) rmSync(place, { recursive: true, force: true });
}
