import { copyFileSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ensureEntry, entryName, keepLastUsed } from "../binaries/cache.ts";
import { run } from "../binaries/command.ts";
import { ensureTools } from "../binaries/ensure.ts";
import type { BuiltImage } from "./image.ts";
import { must } from "./layers.ts";
import type { Report } from "./layers.ts";
import { withRuntime } from "./runtime.ts";

/** Stores kept; what several have in common lies on the disk only once. */
const KEPT = 6;
const fix = "check that the disk has 4 GB free";

/** containerd's databases, which each runtime changes for itself; every other file of images is only ever read. */
export const databases = [
  "io.containerd.metadata.v1.bolt/meta.db",
  "io.containerd.snapshotter.v1.overlayfs/metadata.db",
] as const;

/**
 * Gives a container runtime its images without importing them: a folder for containerd's `root`, whose files are hard
 * links to the store's (copies, if it lies on another file system). A second's work, however many nodes there are.
 * @param store of `ensureImageStore`.
 * @param root must not exist yet.
 */
export async function cloneImageStore(store: string, root: string): Promise<void> {
  if (existsSync(root)) throw new Error(`${root} is there already\n  fix: remove it, or leave the node its images`);
  mkdirSync(dirname(root), { recursive: true });
  const isNear = statSync(dirname(root)).dev === statSync(store).dev;
  await must("image store", fix, "cp", ["--archive", isNear ? "--link" : "--reflink=auto", store, root]);
  for (const database of databases) {
    rmSync(join(root, database));
    copyFileSync(join(store, database), join(root, database));
  }
}

/**
 * Imports images once, into a folder in the cache that is a containerd's `root`.
 * Archives are imported one upon the other, so that a change of the last one leaves the work of the others.
 * @returns the folder, for `cloneImageStore`.
 */
export async function ensureImageStore(
  images: readonly BuiltImage[],
  report: Report = () => undefined,
): Promise<string> {
  const { containers } = await ensureTools(["containers"], report);
  const { stdout: version } = await run(containers["containerd"] ?? "containerd", ["--version"]);
  // What changes seldom comes first: `platform` after `system`, as it happens by name in reverse.
  const files = [...new Set(images.map(({ file }) => file))].sort().reverse();
  let store: string | undefined;
  const ingredients = [version];
  for (const file of files) {
    ingredients.push(basename(dirname(file)));
    const below = store;
    const folder = await ensureEntry(entryName("image-store", "1", ingredients), async (draft) => {
      report(`importing ${basename(dirname(file))} into a container runtime (seconds, once)`);
      const root = join(draft, "root");
      if (below !== undefined) await cloneImageStore(below, root);
      await withRuntime(root, report, async (ctr) => {
        await must("image store", fix, ctr[0], [...ctr.slice(1), "images", "import", file]);
      });
      // A node that links to it may lose its power, and nobody could pull the image again.
      await must("image store", fix, "sync", ["--file-system", root]);
    });
    store = join(folder, "root");
  }
  keepLastUsed("image-store-", KEPT);
  if (store === undefined) throw new Error("no images were named for the image store");
  return store;
}
