import { statSync } from "node:fs";
import { ensureImages } from "./images.ts";
import { ensureImageStore } from "./store.ts";
import { imageRecipes } from "./recipes.ts";

/**
 * `tsx lab/images/main.ts [image…]`: makes the named images, or one of each recipe, and the store that nodes get them
 * from, and says where they are.
 */
async function main(words: readonly string[]): Promise<void> {
  const start = Date.now();
  const names = words.length > 0 ? words : imageRecipes.map(({ repository }) => `${repository}:lab`);
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const images = await ensureImages(names, report);
  const store = await ensureImageStore(images, report);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  for (const { name, differences } of images) process.stdout.write(`${name}\n  ${differences.join("\n  ")}\n`);
  for (const file of new Set(images.map((image) => image.file)))
    process.stderr.write(`${file}: ${Math.round(statSync(file).size / 2 ** 20)} MiB\n`);
  process.stderr.write(`${store}\n${images.length} images ready in ${seconds} s\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
