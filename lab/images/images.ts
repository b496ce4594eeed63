import { join } from "node:path";
import { ensureEntry, keepLastUsed } from "../binaries/cache.ts";
import { archiveKey, writeArchive } from "./archive.ts";
import type { ImageParts } from "./archive.ts";
import { ensureBase, ensurePackages } from "./debian.ts";
import { differencesOf, splitName } from "./differences.ts";
import { ensureFiles } from "./files.ts";
import type { BuiltImage, BuiltLayer, ImageRecipe, LayerRecipe } from "./image.ts";
import type { Report } from "./layers.ts";
import { imageRecipes } from "./recipes.ts";
import { ensureTrust } from "./trust.ts";

/** Archives kept of a kind: each change of an image makes a new one of up to a gigabyte. */
const KEPT = 5;

/**
 * The recipe of each named image.
 * @throws one error that names every image without a recipe.
 */
export function recipesOf(names: readonly string[]): ReadonlyMap<string, ImageRecipe> {
  const found = [...new Set(names)].map((name) => {
    const { repository } = splitName(name);
    return [name, imageRecipes.find((recipe) => recipe.repository === repository)] as const;
  });
  const missing = found.filter(([, recipe]) => recipe === undefined).map(([name]) => name);
  if (missing.length > 0)
    throw new Error(
      `no recipe makes ${missing.join(", ")}: no image is downloaded\n  fix: add a row to lab/images/recipes.ts`,
    );
  return new Map(found.flatMap(([name, recipe]) => (recipe === undefined ? [] : [[name, recipe] as const])));
}

function ensureLayerOf(recipe: LayerRecipe, report: Report): Promise<BuiltLayer> {
  switch (recipe.kind) {
    case "base":
      return ensureBase(report).then(({ layer }) => layer);
    case "trust":
      return ensureTrust(report);
    case "packages":
      return ensurePackages(recipe, report);
    case "files":
      return ensureFiles(recipe, report);
    default: {
      const never: never = recipe;
      return never;
    }
  }
}

/**
 * Makes the named images, or finds them made: from pinned programs and Debian's packages, downloaded from no image
 * registry. Needs root (a root file system has files of several owners).
 * @param names as the manifests have them; each tag of a known repository will do.
 * @param report is told what takes time.
 * @throws one error that names every image without a recipe, before anything is built.
 */
export async function ensureImages(
  names: readonly string[],
  report: Report = () => undefined,
): Promise<readonly BuiltImage[]> {
  const recipes = recipesOf(names);
  const built = new Map<LayerRecipe, BuiltLayer>();
  const images: (ImageParts & { readonly recipe: ImageRecipe })[] = [];
  for (const [name, recipe] of recipes) {
    const layers: BuiltLayer[] = [];
    for (const layer of recipe.layers) {
      const made = built.get(layer) ?? (await ensureLayerOf(layer, report));
      built.set(layer, made);
      layers.push(made);
    }
    images.push({ name, layers, config: recipe.config, recipe });
  }
  const finished: BuiltImage[] = [];
  for (const archive of new Set(images.map(({ recipe }) => recipe.archive))) {
    const members = images.filter(({ recipe }) => recipe.archive === archive);
    const folder = await ensureEntry(`images-${archive}-${archiveKey(members)}`, async (draft) => {
      report(`packing ${members.length} images (${archive})`);
      await writeArchive(join(draft, "images.tar"), members);
    });
    keepLastUsed(`images-${archive}-`, KEPT);
    const file = join(folder, "images.tar");
    for (const { name, recipe, layers } of members)
      finished.push({ name, file, differences: differencesOf(name, recipe, layers) });
  }
  return finished;
}
