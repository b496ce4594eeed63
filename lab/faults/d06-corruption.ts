import { setTimeout as sleep } from "node:timers/promises";
import { must } from "../apply/cluster.ts";
import { readStore } from "../check/read-store.ts";
import { eventually } from "../network/wait.ts";
import type { Site } from "../site/site.ts";
import type { Drill, Findings, SiteNames } from "./drill.ts";
import { ensureBaseBackup, sql } from "./postgres.ts";
import { restoredFigure } from "./restore.ts";
import { blockWith, chapter, indent, restoreRunbook, swap, type } from "./runbook.ts";

/** The load does not write to it: what others write meanwhile has to stay. */
const SERVICE = "events";
const TABLE = "events_writes";
const DATABASE = "platform";
const ROWS = 40;
const REPLICATED_WITHIN_MS = 30_000;
const RESTORE_CLUSTER = "pg-restore";

/** The runbook's commands for one table, to a moment. @throws where the runbook says something else than is expected here */
export function pointInTimeCommands(
  runbook: string,
  moment: string,
  table: string,
): { readonly restore: string; readonly bring: string } {
  const local = chapter(runbook, "From the local backups (C5)");
  const pointInTime = chapter(runbook, "To a point in time");
  const target = blockWith(pointInTime, "targetTime").replace(/targetTime: ".*"/, () => `targetTime: "${moment}"`);
  if (!target.includes(moment)) throw new Error("the runbook names no targetTime");
  const [, dump] = /`(pg_dump [^`\n]*<table>[^`\n]*)`/.exec(pointInTime) ?? [];
  if (dump === undefined) throw new Error("the runbook does not say how one table is dumped");
  const apply = blockWith(local, `name: ${RESTORE_CLUSTER}\n`);
  const bring = blockWith(local, "pg_dump");
  return {
    restore: swap(apply, "  bootstrap:\n    recovery:\n      source: archive\n", indent(target, "  ")),
    bring: swap(bring, "pg_dump -U postgres -Fc platform", dump.replace("<table>", table)),
  };
}

/** D6: a statement without its condition empties a table; the table is brought back from the archive, by the runbook. */
export const corruptionDrill = ({ primary }: SiteNames): Drill => {
  let before: readonly string[] = [];
  return {
    id: "D6",
    title: "A bad statement in PostgreSQL, undone to a point in time",
    fault: "corruption:postgres",
    needs: "own store",
    hold: 5,
    notes: [
      `the statement empties ${TABLE}, to which the load does not write: what was written to a table after the mistake is lost ` +
        "with it unless a person merges it, as the runbook says",
      `commands are those of docs/restore.md at ${primary}, typed without a pause; a person reads and looks at the data between them`,
    ],
    prepare: async ({ primary: { site } }) => {
      await ensureBaseBackup(site);
      await writeRows(site);
      before = await rowsAt(site);
      return () => Promise.resolve();
    },
    cause: async ({ primary: { site }, standby }) => {
      const [moment = ""] = await sql(
        site,
        "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'",
      );
      // The runbook's time has whole seconds: the mistake is made in a later one.
      await sleep(2000);
      await sql(site, `delete from ${TABLE}`, DATABASE);
      const spoilt = await rowsAt(site);
      let took: number | undefined;
      let failure: string | undefined;
      return {
        heal: async () => {
          const from = Date.now();
          try {
            const { restore, bring } = pointInTimeCommands(restoreRunbook(), moment, TABLE);
            // As the runbook says of a quiet database; the load's writes are few.
            await sql(site, "select pg_switch_wal()");
            await type(site, restore);
            await type(site, bring);
            took = (Date.now() - from) / 1000;
          } catch (error) {
            failure = error instanceof Error ? error.message : String(error);
          }
        },
        findings: () => findingsOf(site, standby.site, { before, spoilt, took, failure }),
        restore: async () => {
          const words = [
            "delete",
            "clusters.postgresql.cnpg.io",
            RESTORE_CLUSTER,
            "--namespace=platform",
            "--ignore-not-found",
          ];
          await must(site, words);
        },
      };
    },
  };
};

interface Undone {
  readonly before: readonly string[];
  readonly spoilt: readonly string[];
  readonly took: number | undefined;
  readonly failure: string | undefined;
}

async function findingsOf(site: Site, standby: Site, { before, spoilt, took, failure }: Undone): Promise<Findings> {
  const problems: string[] = [];
  if (spoilt.length > 0) problems.push(`the bad statement left ${spoilt.length} rows: nothing was undone`);
  if (failure !== undefined) problems.push(failure);
  for (const one of [site, standby]) {
    const same = async (): Promise<boolean> => (await rowsAt(one)).join("\n") === before.join("\n");
    try {
      await eventually(`${one.name}: ${TABLE} is as it was`, same, REPLICATED_WITHIN_MS, 500);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return {
    problems,
    notes: [`${before.length} rows were there before the bad statement, ${spoilt.length} after it`],
    figures: [
      restoredFigure(
        `${TABLE}, from the runbook's first command until its rows are back`,
        took === undefined ? undefined : Math.round(took * 10) / 10,
      ),
    ],
  };
}

const path = (rest: string): string => `/api/v1/namespaces/platform/services/${SERVICE}:http/proxy${rest}`;

async function writeRows(site: Site): Promise<void> {
  const name = `d6-${Date.now()}`;
  for (let number = 0; number < ROWS; number++) {
    const body = { id: `${name}-${number}`, sentAt: Date.now(), body: `row ${number}` };
    const { status, text } = await site.api.request("POST", path("/writes"), body);
    if (status !== 201) throw new Error(`${SERVICE} at ${site.name} stored no row: ${status} ${text.slice(0, 200)}`);
  }
}

/** What the service has at a site, row by row. */
async function rowsAt(site: Site): Promise<readonly string[]> {
  const rows = await readStore(async (rest) => {
    const { status, text } = await site.api.request("GET", path(rest));
    if (status !== 200)
      throw new Error(`${SERVICE} at ${site.name} does not tell what it has: ${status} ${text.slice(0, 200)}`);
    return text;
  });
  return rows.map((row) => JSON.stringify(row));
}
