import { join } from "node:path";
import { eventually } from "../network/wait.ts";
import { arrayFolder } from "../site/paths.ts";
import type { Site } from "../site/site.ts";
import type { StagedSite } from "../stage/staged-site.ts";
import type { Drill, Findings, SiteNames } from "./drill.ts";
import { condition, ensureBaseBackup, sql } from "./postgres.ts";

/** What an hour fills with `archive_timeout` 60 s; in less time than an hour. */
const FORCED = 60;
/** More often, and the attempts to archive and to stream take the processor away from what is measured. */
const BETWEEN_SECONDS = 5;
/**
 * PostgreSQL's archiver rests for up to 60 s after three failures (PostgreSQL 17, section 26.3.1); then all files go, each of
 * which costs up to a second of a processor.
 */
const ARCHIVED_WITHIN_MS = 360_000;
const ARCHIVING = "ContinuousArchiving";

/** D10: the store of the WAL archive is away, and WAL goes on being written. */
export const archiveDrill = ({ primary }: SiteNames): Drill => ({
  id: "D10",
  title: "The WAL archive refuses writes",
  fault: `backup-store:${primary}`,
  needs: "own store",
  hold: FORCED * BETWEEN_SECONDS + 10,
  notes: [
    `${FORCED} files of WAL, an hour's worth (archive_timeout 60 s), were forced within ${FORCED * BETWEEN_SECONDS} s`,
    "each of them is also streamed to the standby in full, which weighs on the line and on the machine",
  ],
  prepare: async ({ primary: { site } }) => {
    // A base backup that is under way would fail with the store, and not be tried again before its next hour.
    await ensureBaseBackup(site);
    await eventually(`${site.name}: WAL is archived`, () => isArchiving(site), ARCHIVED_WITHIN_MS, 1000);
    return () => Promise.resolve();
  },
  cause: async ({ primary: staged }) => {
    const { site, planned } = staged;
    const { store } = planned;
    if (store === undefined) throw new Error(`${site.name} has no store of its own that could be away`);
    const server = site.server(store.server);
    await server.machine.process("store").kill();
    const forcing = forceWal(site);
    // Looked at when the fault is healed.
    forcing.catch(() => undefined);
    let kept: Kept | undefined;
    let healedAt = 0;
    return {
      heal: async () => {
        await forcing.catch(() => undefined);
        kept = await keptWal(site).catch(() => undefined);
        await server.startServices();
        healedAt = Date.now();
      },
      findings: async () => archiveFindings(staged, { forced: await forcing, kept, healedAt }),
    };
  },
});

const isArchiving = async (site: Site): Promise<boolean> => (await condition(site, ARCHIVING))?.status === "True";

/** Fills files of WAL one after the other, in one session: a session for each weighs on the load. @returns their names */
const forceWal = (site: Site): Promise<readonly string[]> =>
  sql(
    site,
    // A file into which nothing was written since the last switch is not switched: the message is what is written.
    `select left(pg_walfile_name(pg_logical_emit_message(false, 'drill', 'archive')) || pg_switch_wal() || pg_sleep(${BETWEEN_SECONDS}), 24)
       from generate_series(1, ${FORCED})`,
  );

interface Kept {
  /** Names of files that wait for the archive. */
  readonly waiting: readonly string[];
  readonly said: string;
}

/** What the server keeps for the archive, and what the operator says. */
async function keptWal(site: Site): Promise<Kept> {
  const waiting = await sql(
    site,
    "select left(name, 24) from pg_ls_archive_statusdir() where name ~ '^[0-9A-F]{24}[.]ready$' order by 1",
  );
  const { status = "not told", message = "" } = (await condition(site, ARCHIVING)) ?? {};
  return { waiting, said: `${status}, ${JSON.stringify(message.slice(0, 120))}` };
}

/** Was every file kept, and is it in the archive now? */
async function archiveFindings(
  { site, planned }: StagedSite,
  {
    forced,
    kept,
    healedAt,
  }: { readonly forced: readonly string[]; readonly kept: Kept | undefined; readonly healedAt: number },
): Promise<Findings> {
  if (kept === undefined) return { problems: ["what was kept while the store was away could not be read"], notes: [] };
  const missing = missingFrom(forced, kept.waiting);
  const problems = missing.length > 0 ? [`not kept for the archive while it was away: ${missing.join(", ")}`] : [];
  const notes = [
    `while the store was away ${kept.waiting.length} files of WAL waited, and ${ARCHIVING} was ${kept.said}`,
  ];
  const { store } = planned;
  if (store === undefined) return { problems, notes };
  const folder = join(arrayFolder(store.array), "store", store.bucket, "postgres", `pg-${site.name}`, "wals");
  const { machine } = site.server(store.server);
  const left = async (): Promise<readonly string[]> =>
    missingFrom(forced, archivedFiles(await machine.must(["find", folder, "-type", "f"])));
  try {
    const all = async (): Promise<boolean> => (await left()).length === 0;
    await eventually(`${site.name}: every file of WAL is in the archive`, all, ARCHIVED_WITHIN_MS, 500);
    notes.push(`all ${forced.length} files were in the archive ${seconds(healedAt)} s after the store was back`);
    await eventually(`${site.name}: ${ARCHIVING} is True`, () => isArchiving(site), ARCHIVED_WITHIN_MS, 500);
    notes.push(`${ARCHIVING} was True again`);
  } catch (error) {
    problems.push(
      error instanceof Error ? error.message : String(error),
      ...(await left()).map((file) => `${file} is in no archive`),
    );
  }
  return { problems, notes };
}

/** Names of files of WAL in a listing of paths, whatever they were compressed with. */
export const archivedFiles = (listing: string): readonly string[] =>
  listing.split("\n").flatMap((path) => /\/([0-9A-F]{24})(?:\.[a-z0-9]+)?$/.exec(path)?.[1] ?? []);

const missingFrom = (wanted: readonly string[], there: readonly string[]): readonly string[] =>
  wanted.filter((file) => !there.includes(file));

const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10;
