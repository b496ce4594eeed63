import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { ensureTools } from "../binaries/ensure.ts";
import { bundleSource, ensureNpmBundle } from "./bundle.ts";
import type { BuiltLayer, FileRecipe, FileSource, LayerRecipe } from "./image.ts";
import { ensureLayer, packFolder } from "./layers.ts";
import type { Report } from "./layers.ts";

/** A file's contents, found: a path, a text or a link's target; and what tells it from another one. */
type Found = ({ readonly path: string } | { readonly text: string } | { readonly link: string }) & {
  readonly key: string;
};

const digest = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");

async function find(source: FileSource, report: Report): Promise<Found> {
  switch (source.kind) {
    case "tool": {
      const path = (await ensureTools([source.tool], report))[source.tool][source.program];
      if (path === undefined) throw new Error(`${source.tool} has no program ${source.program}`);
      return { path, key: basename(dirname(path)) };
    }
    case "module": {
      const path = require.resolve(source.module);
      return { path, key: `${source.module}@${moduleVersion(source.module.split("/")[0] ?? "")}` };
    }
    case "npm": {
      const path = await ensureNpmBundle(source.recipe, source.entry, source.absent, report);
      return { path, key: basename(dirname(path)) };
    }
    case "bundle": {
      const text = await bundleSource(source.entry);
      return { text, key: digest(text) };
    }
    case "text":
      return { text: source.text, key: digest(source.text) };
    case "link":
      return { link: source.target, key: source.target };
    default: {
      const never: never = source;
      return never;
    }
  }
}

/** The version of an installed npm package. */
export function moduleVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as { version: string };
  return version;
}

function place(root: string, { to, mode }: FileRecipe, found: Found): void {
  const path = join(root, to);
  mkdirSync(dirname(path), { recursive: true });
  if ("link" in found) return symlinkSync(found.link, path);
  if ("path" in found) copyFileSync(found.path, path);
  else writeFileSync(path, found.text);
  chmodSync(path, mode ?? ("path" in found ? 0o755 : 0o644));
}

/** A layer of single files. */
export async function ensureFiles(
  recipe: Extract<LayerRecipe, { kind: "files" }>,
  report: Report,
): Promise<BuiltLayer> {
  const found: { readonly file: FileRecipe; readonly found: Found }[] = [];
  for (const file of recipe.files) found.push({ file, found: await find(file.from, report) });
  const ingredients = found.map((one) =>
    JSON.stringify([one.file.to, one.file.mode, one.file.from.kind, one.found.key]),
  );
  const { layer } = await ensureLayer(recipe.name, "1", ingredients, async (draft) => {
    const root = join(draft, "root");
    mkdirSync(root);
    for (const one of found) place(root, one.file, one.found);
    await packFolder(root, join(draft, "layer.tar"));
    rmSync(root, { recursive: true });
  });
  return layer;
}
