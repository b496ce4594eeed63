import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureEntry, entryName } from "../binaries/cache.ts";
import { run } from "../binaries/command.ts";
import { ensureTools } from "../binaries/ensure.ts";
import type { BuiltImage } from "./image.ts";
import { must } from "./layers.ts";
import type { Report } from "./layers.ts";

/** The namespace in which the kubelet's images are. */
const namespace = "k8s.io";
const startSeconds = 30;
const fix = "see whether another containerd holds the folder, and that the disk has 4 GB free";

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
      await importInto(root, file, containers["containerd"] ?? "containerd", containers["ctr"] ?? "ctr");
    });
    store = join(folder, "root");
  }
  if (store === undefined) throw new Error("no images were named for the image store");
  return store;
}

/** Runs a containerd of its own, without network or containers, in a mount namespace of its own. */
async function importInto(root: string, file: string, containerd: string, ctr: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-import-"));
  const address = join(folder, "containerd.sock");
  const config = join(folder, "config.toml");
  writeFileSync(
    config,
    [
      "version = 2",
      `root = "${root}"`,
      `state = "${join(folder, "state")}"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      `[grpc]\naddress = "${address}"\n`,
    ].join("\n"),
  );
  const server = spawn("unshare", ["--mount", "--propagation", "private", containerd, "--config", config], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => server.on("close", () => resolve()).on("error", () => resolve()));
  const stop = (): void => void server.kill("SIGKILL");
  process.once("exit", stop);
  try {
    const command = ["--address", address, "--namespace", namespace];
    await answering(ctr, [...command, "version"]);
    await must("image store", fix, ctr, [...command, "images", "import", file]);
    server.kill("SIGTERM");
    await ended;
    // A node that links to it may lose its power, and nobody could pull the image again.
    await must("image store", fix, "sync", ["--file-system", root]);
  } finally {
    stop();
    await ended;
    process.removeListener("exit", stop);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answering(ctr: string, args: readonly string[]): Promise<void> {
  for (const deadline = Date.now() + startSeconds * 1000; ;) {
    if ((await run(ctr, args)).code === 0) return;
    if (Date.now() > deadline)
      throw new Error(`image store: containerd did not answer within ${startSeconds} s\n  fix: ${fix}`);
    await sleep(100);
  }
}
