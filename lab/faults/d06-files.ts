import { must } from "../apply/cluster.ts";
import { UPLOADING } from "../drill/load.ts";
import { filesAt } from "../drill/stores.ts";
import { MEDIA_FOLDER } from "../platform/media.ts";
import type { StoredFile } from "../platform/media.ts";
import type { Site } from "../site/site.ts";
import type { Drill, Findings, SiteNames } from "./drill.ts";
import { runNow } from "./jobs.ts";
import { restoredFigure } from "./restore.ts";
import { blockWith, blocksIn, chapter, restoreRunbook, swap, type } from "./runbook.ts";

const CLAIM = `${UPLOADING}-media`;
const BACKUP = `backup-uploads-${CLAIM}`;
const MOST_DAMAGED = 10;
/** Where the runbook has the snapshot's id, and the file's name. */
const SNAPSHOT = "SNAPSHOT";
const FILE = "/photo.jpg";

/** The runbook's commands for some files of the claim. @throws where the runbook says something else than is expected here */
export function singleFilesCommands(runbook: string, snapshot: string, files: readonly string[]): string {
  const uploads = chapter(runbook, "Uploads");
  const whole = blockWith(uploads, "kind: Job");
  const [only] = blocksIn(uploads).filter(({ language }) => language === "yaml");
  const [args] = /^args: \[.*\]$/m.exec(only?.text ?? "") ?? [];
  const [latest] = /args: \[.*\]/.exec(whole) ?? [];
  if (args === undefined || latest === undefined)
    throw new Error("the runbook does not say how single files come back");
  const included = files.map((file) => `/${file}`).join(", --include, ");
  const named = swap(swap(args, SNAPSHOT, snapshot), FILE, included);
  const running = whole
    .split("\n")
    .filter((line) => !line.includes("$PODS") && !line.startsWith("PODS="))
    .join("\n");
  return swap(running, latest, named);
}

/** The id that the log of a backup of uploads tells of its snapshot. @throws where it tells none */
export function snapshotIn(log: string): string {
  const [, id] = /^snapshot ([0-9a-f]+) saved$/m.exec(log) ?? [];
  if (id === undefined) throw new Error(`the log of ${BACKUP} names no snapshot`);
  return id;
}

/** Overwrites half of the files with other bytes, as many as they have, and deletes the rest. */
const DAMAGE = `
  const [folder, ...names] = process.argv.slice(1);
  const { readFileSync, writeFileSync, rmSync } = require("node:fs");
  for (const [index, name] of names.entries()) {
    const file = folder + "/" + name;
    if (index % 2 === 1) rmSync(file);
    else writeFileSync(file, readFileSync(file).map((byte) => byte ^ 0xff));
  }`;

/** D6: users' files are damaged and deleted, and another backup is made of what is left; a person brings them back from the snapshot before it. */
export const filesDrill = ({ primary }: SiteNames): Drill => ({
  id: "D6",
  title: "Users' files damaged and deleted, brought back from a snapshot",
  fault: "corruption:uploads",
  needs: "own store",
  hold: 5,
  notes: [
    `at most ${MOST_DAMAGED} files of ${CLAIM}, half of them overwritten and half deleted; then they were saved once more, so that the newest snapshot was of no use`,
    `commands are those of docs/restore.md at ${primary}, typed without a pause`,
  ],
  cause: async ({ primary: { site } }) => {
    // Before the backup: what is uploaded while it runs may be missing from it.
    const before = (await filesAt(site)).slice(-MOST_DAMAGED);
    const snapshot = snapshotIn(await runNow(site, BACKUP));
    const names = before.map(({ name }) => name);
    const at = Date.now();
    const words = ["exec", `deployment/${UPLOADING}`, "--namespace=platform", "--", "node", "-e", DAMAGE];
    await must(site, [...words, MEDIA_FOLDER, ...names]);
    const spoilt = await filesAt(site);
    await runNow(site, BACKUP);
    let took: number | undefined;
    let failure: string | undefined;
    return {
      at,
      heal: async () => {
        const from = Date.now();
        try {
          await type(site, singleFilesCommands(restoreRunbook(), snapshot, names));
          took = Math.round((Date.now() - from) / 100) / 10;
        } catch (error) {
          failure = error instanceof Error ? error.message : String(error);
        }
      },
      findings: () => findingsOf(site, { before, spoilt, took, failure }),
    };
  },
});

interface Undone {
  readonly before: readonly StoredFile[];
  readonly spoilt: readonly StoredFile[];
  readonly took: number | undefined;
  readonly failure: string | undefined;
}

async function findingsOf(site: Site, { before, spoilt, took, failure }: Undone): Promise<Findings> {
  const hurt = unlike(before, spoilt);
  const left = unlike(before, await filesAt(site));
  return {
    problems: [
      ...(hurt.length < before.length || hurt.length < 2
        ? [`${hurt.length} of ${before.length} files were damaged or deleted: nothing was shown`]
        : []),
      ...(failure === undefined ? [] : [failure]),
      ...(left.length > 0 ? [`not as they were: ${left.join(", ")}`] : []),
    ],
    notes: [`${hurt.length} files were damaged or deleted, ${hurt.length - left.length} of them are as they were`],
    figures: [restoredFigure(`files of ${CLAIM}, from the runbook's first command until they are back`, took)],
  };
}

/** Names of files that are missing from what is there, or other than they were. */
export function unlike(wanted: readonly StoredFile[], there: readonly StoredFile[]): readonly string[] {
  const found = new Map(there.map(({ name, sha256 }) => [name, sha256]));
  return wanted.filter(({ name, sha256 }) => found.get(name) !== sha256).map(({ name }) => name);
}
