import { tools } from "../binaries/tools.ts";
import { moduleVersion } from "./files.ts";
import type { BuiltLayer, ImageRecipe, ProgramVersion } from "./image.ts";

/** An image's name, taken apart: `repository[:tag][@digest]`. */
export function splitName(name: string): { readonly repository: string; readonly tag: string } {
  const [, repository = name, tag = ""] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(name) ?? [];
  return { repository, tag };
}

/** The version in a tag: `v3.7.11` and `3.7.11-alpine` both have 3.7.11. */
export function tagVersion(tag: string): string | undefined {
  return /\d+(\.\d+)+/.exec(tag)?.[0];
}

/** Debian's version without its epoch and its revision. */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, "").replace(/[-+~].*$/, "");
}

function actualVersion({ from }: ProgramVersion, layers: readonly BuiltLayer[]): string | undefined {
  switch (from.kind) {
    case "package":
      return layers.map(({ versions }) => versions[from.package]).find((version) => version !== undefined);
    case "tool":
      return tools.find(({ name }) => name === from.tool)?.version;
    case "module":
      return moduleVersion(from.module);
    default: {
      const never: never = from;
      return never;
    }
  }
}

/** In what an image differs from the published one of its name: the version that was found in it first, then the rest. */
export function differencesOf(name: string, recipe: ImageRecipe, layers: readonly BuiltLayer[]): readonly string[] {
  if (recipe.program === undefined) return recipe.differences;
  const { title } = recipe.program;
  const actual = actualVersion(recipe.program, layers);
  if (actual === undefined) throw new Error(`${name}: no layer tells which version of ${title} it has`);
  const published = tagVersion(splitName(name).tag);
  if (published === undefined || published === upstreamVersion(actual)) return recipe.differences;
  return [`${title} ${upstreamVersion(actual)} instead of ${published}`, ...recipe.differences];
}
