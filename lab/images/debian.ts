import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureTools } from "../binaries/ensure.ts";
import type { BuiltLayer, LayerRecipe } from "./image.ts";
import { ensureLayer, must, packFolder } from "./layers.ts";
import type { Report } from "./layers.ts";

/** Debian 13, which CloudNativePG's `-trixie` images of PostgreSQL are made of too. */
export const suite = "trixie";

const fix = "check that Debian's packages can be reached (apt-get update), and that the disk has 4 GB free";

/** What is needed to install packages, and in no image. */
const unneeded = ["./var/lib/apt/lists/*", "./var/cache/*", "./dev/*", "./usr/share/i18n/*"];

/** Documentation stays out; PowerDNS has its database's schema among it. */
const dpkgOptions = [
  "path-exclude=/usr/share/doc/*",
  "path-include=/usr/share/doc/*/schema.sqlite3.sql",
  "path-exclude=/usr/share/man/*",
  "path-exclude=/usr/share/locale/*",
];

function mustBeRoot(subject: string): void {
  if (process.getuid?.() === 0) return;
  throw new Error(`${subject}: a root file system can only be made by root\n  fix: run as root`);
}

/** The small Debian under every image: its folder, which packages are installed upon, and its layer. */
export async function ensureBase(report: Report): Promise<{ readonly root: string; readonly layer: BuiltLayer }> {
  const ingredients = [suite, process.arch, ...dpkgOptions, ...unneeded];
  const { folder, layer } = await ensureLayer("base", suite, ingredients, async (draft) => {
    mustBeRoot("image layer base");
    const { rootfs } = await ensureTools(["rootfs"], report);
    report(`making a small Debian ${suite} (a minute, once)`);
    const tree = join(draft, "root");
    const options = dpkgOptions.map((option) => `--dpkgopt=${option}`);
    const keepLists = "--skip=cleanup/apt/lists";
    await must("image layer base", fix, rootfs["mmdebstrap"] ?? "mmdebstrap", [
      "--quiet",
      "--variant=apt",
      "--include=ca-certificates",
      "--format=directory",
      keepLists,
      ...options,
      suite,
      tree,
    ]);
    const versions = ["dpkg-query", `--admindir=${tree}/var/lib/dpkg`, "-W", "-f", "${Package} ${Version}\n"] as const;
    writeFileSync(join(draft, "versions"), await must("image layer base", fix, versions[0], versions.slice(1)));
    await packFolder(tree, join(draft, "layer.tar"), unneeded);
  });
  return { root: join(folder, "root"), layer };
}

/** Packages on top of the small Debian, as a layer. */
export async function ensurePackages(
  recipe: Extract<LayerRecipe, { kind: "packages" }>,
  report: Report,
): Promise<BuiltLayer> {
  const base = await ensureBase(report);
  const script = join(__dirname, "install.sh");
  const ingredients = [JSON.stringify(recipe), base.layer.digest, readFileSync(script, "utf8"), ...unneeded];
  const { layer } = await ensureLayer(recipe.name, suite, ingredients, async (draft) => {
    const subject = `image layer ${recipe.name}`;
    mustBeRoot(subject);
    const { network } = await ensureTools(["network"], report);
    report(`installing ${recipe.packages.join(", ")} for the image layer ${recipe.name} (once)`);
    const work = join(draft, "work");
    mkdirSync(work);
    const env = { USERS: recipe.users.join(" "), SETUP: recipe.setup ?? "true" };
    const command = ["--mount", "--propagation", "private", "sh", script, base.root, work, ...recipe.packages];
    await must(subject, fix, network["unshare"] ?? "unshare", command, { env });
    await packFolder(join(work, "added"), join(draft, "layer.tar"), unneeded);
    renameSync(join(work, "versions"), join(draft, "versions"));
    rmSync(work, { recursive: true });
  });
  return layer;
}
