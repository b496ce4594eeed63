import { cacheFolder } from "./cache.ts";
import { ensureTools } from "./ensure.ts";
import { tools } from "./tools.ts";
import type { ToolName } from "./tools.ts";

/** `tsx lab/binaries/main.ts [tool…]`: builds the named tools, or all of them, and says where they are. */
async function main(words: readonly string[]): Promise<void> {
  const known = tools.map(({ name }) => name);
  const unknown = words.filter((word) => !(known as readonly string[]).includes(word));
  if (unknown.length > 0)
    throw new Error(`unknown tool: ${unknown.join(", ")}\n  fix: name one of ${known.join(", ")}`);
  const start = Date.now();
  const names = words.length > 0 ? (words as readonly ToolName[]) : known;
  const found = await ensureTools(names, (line) => process.stderr.write(`${line}\n`));
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stderr.write(`${Object.keys(found).length} tools ready in ${seconds} s (cache: ${cacheFolder()})\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
