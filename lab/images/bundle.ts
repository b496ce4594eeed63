import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as esbuild from "esbuild";
import { ensureEntry, entryName } from "../binaries/cache.ts";
import { findProgram } from "../binaries/command.ts";
import { must } from "./layers.ts";
import type { Report } from "./layers.ts";

const options = {
  bundle: true,
  platform: "node",
  target: "node22",
  logLevel: "silent",
} as const satisfies esbuild.BuildOptions;

/** The bundler comes with tsx, which runs this project; only bundling loads it. */
async function bundle(file: string, absent: readonly string[]): Promise<string> {
  const fromTsx = createRequire(require.resolve("tsx/package.json"));
  const { build } = fromTsx("esbuild") as typeof esbuild;
  const built = await build({ ...options, entryPoints: [file], external: [...absent], write: false });
  return built.outputFiles[0]?.text ?? "";
}

/**
 * Bundles a TypeScript file of this project, with all that it imports, into one file for Node.
 * @param entry path from the project's root.
 * @returns the text of the file.
 */
export function bundleSource(entry: string): Promise<string> {
  // `pg` looks for its native twin, which is not installed, and does without.
  return bundle(join(__dirname, "../..", entry), ["pg-native"]);
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
  const manifests = ["package.json", "package-lock.json"] as const;
  const texts = manifests.map((name) => readFileSync(join(folder, name), "utf8"));
  const { dependencies } = JSON.parse(texts[0] ?? "{}") as { dependencies: Record<string, string> };
  const version = dependencies[recipe] ?? "0";
  const ingredients = [...texts, entry, ...absent, JSON.stringify(options)];
  const place = await ensureEntry(entryName(recipe, version, ingredients), async (draft) => {
    report(`fetching ${recipe} ${version} (a minute, once)`);
    const work = join(draft, "work");
    mkdirSync(work);
    for (const name of manifests) copyFileSync(join(folder, name), join(work, name));
    const npm = findProgram("npm") ?? "npm";
    const fix = "check that the npm registry can be reached (npm ping)";
    await must(recipe, fix, npm, ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: work,
    });
    writeFileSync(join(draft, `${recipe}.js`), await bundle(join(work, "node_modules", entry), absent));
    rmSync(work, { recursive: true });
  });
  return join(place, `${recipe}.js`);
}
