import { readFileSync } from "node:fs";
import { mkdirSync, copyFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ensureEntry, entryName } from "../binaries/cache.ts";
import { findProgram } from "../binaries/command.ts";
import { must } from "./layers.ts";
import type { Report } from "./layers.ts";

/** The bundler comes with tsx, which runs this project. */
function bundler(): string {
  const fromTsx = createRequire(require.resolve("tsx/package.json"));
  return fromTsx.resolve("esbuild/bin/esbuild");
}

const target = ["--bundle", "--platform=node", "--target=node22", "--log-level=warning"];

/**
 * Bundles a TypeScript file of this project, with all that it imports, into one file for Node.
 * @param entry path from the project's root.
 */
export function bundleSource(entry: string): Promise<string> {
  const fix = "npm ci, and npx tsc --noEmit to see what is wrong";
  // `pg` looks for its native twin, which is not installed, and does without.
  const args = [join(__dirname, "../..", entry), ...target, "--external:pg-native", "--charset=utf8"];
  return must(entry, fix, process.execPath, [bundler(), ...args]);
}

/**
 * Fetches a program of npm by the recipe's package.json and lock file, and bundles it into one file for Node: hundreds of
 * packages would take longer to unpack than the program to run.
 * @param absent packages that its code names and that are not installed: it does without them.
 * @returns the path of the file.
 */
export async function ensureNpmBundle(
  recipe: string,
  entry: string,
  absent: readonly string[],
  report: Report,
): Promise<string> {
  const folder = join(__dirname, "recipes", recipe);
  const texts = ["package.json", "package-lock.json"].map((name) => readFileSync(join(folder, name), "utf8"));
  const { dependencies } = JSON.parse(texts[0] ?? "{}") as { dependencies: Record<string, string> };
  const version = dependencies[recipe] ?? "0";
  const place = await ensureEntry(
    entryName(recipe, version, [...texts, entry, ...absent, ...target]),
    async (draft) => {
      report(`fetching ${recipe} ${version} (a minute, once)`);
      const work = join(draft, "work");
      mkdirSync(work);
      for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(folder, name), join(work, name));
      const npm = findProgram("npm") ?? "npm";
      const fix = "check that the npm registry can be reached (npm ping)";
      await must(recipe, fix, npm, ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"], {
        cwd: work,
      });
      const externals = absent.map((name) => `--external:${name}`);
      const out = `--outfile=${join(draft, `${recipe}.js`)}`;
      const from = join(work, "node_modules", entry);
      await must(recipe, fix, process.execPath, [bundler(), from, ...target, ...externals, "--log-level=error", out]);
      rmSync(work, { recursive: true });
    },
  );
  return join(place, `${recipe}.js`);
}
