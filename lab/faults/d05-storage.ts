import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../network/wait.ts";
import type { StagedSite } from "../stage/staged-site.ts";
import type { Caused, Drill, Findings, Restores, Scene, SiteNames } from "./drill.ts";
import { runNow } from "./jobs.ts";
import { condition, ensureBaseBackup, sql } from "./postgres.ts";
import { copyCommands, isServicePod, localCommands, restoredFigure } from "./restore.ts";
import type { LayCommand, RestoreCommands } from "./restore.ts";
import { restoreRunbook, typeAt } from "./runbook.ts";
import { arraysOf, loseArrays, moveAside, replaceArrays } from "./storage.ts";
import type { ArrayPlace } from "./storage.ts";

const UPLOADS = "backup-uploads-core-media";
const COPY = (from: string): string => `backup-copy-${from}`;
/** Long enough that resolvers, and the clients that ask them, have noticed several times over. */
const HOLD = 45;
/** Writes that no copy has, while the standby's site is down. */
const ALONE_SECONDS = 20;
const ARCHIVED_WITHIN_MS = 240_000;
/** A copy lists only backups that are older than 5 minutes (backup-copy.sh, for clocks that differ). */
const LISTED_AFTER_SECONDS = 310;

const typed = (site: string): string =>
  `commands are those of docs/restore.md for ${site}, typed without a pause; a person reads and looks at the data between them, ` +
  "and pulumi up is what the lab does in its place: definitions, operators and planned objects, until all is ready";
const mongoNote = (titan: string): string =>
  `MongoDB's members at the lost site copied the data of ${titan}'s by themselves: its backup tool is a stand-in here, and no ` +
  "restore of MongoDB from a backup was measured";
const eventsNote = "the claim events-media was not restored: nothing is uploaded to it here, so it has no snapshot";

/** What was lost, and what it is restored with. */
interface Plan {
  readonly commands: RestoreCommands;
  readonly lost: readonly ArrayPlace[];
  /** Does the lost site's store live? The old archive stands in the new one's way then. */
  readonly storeLives: boolean;
}

/** D5 and D3+D5: disks are lost at the site that takes the writes, and a person restores what was on them. */
export function storageDrills({ primary, standby }: SiteNames): readonly Drill[] {
  const shared = { hold: HOLD, prepare, needs: "own store" } as const;
  const notes = [typed(primary), mongoNote(standby), eventsNote];
  const data = ({ primary: site }: Scene): readonly ArrayPlace[] =>
    arraysOf(site).flatMap((place) => (place.array === "data" ? [{ ...place, disks: 3 }] : []));
  const all = ({ primary: site }: Scene): readonly ArrayPlace[] => arraysOf(site);
  return [
    {
      ...shared,
      id: "D5",
      title: `Array lost at ${primary}, restored from the local backup`,
      fault: `disk:${primary}/data:3`,
      dead: primary,
      notes,
      restores: (scene) => restoredFrom(scene, data(scene)),
      cause: (scene) => lose(scene, data(scene)),
    },
    {
      ...shared,
      id: "D5",
      title: `All storage lost at ${primary}, restored from the copy`,
      fault: `storage:${primary}`,
      dead: primary,
      notes,
      restores: (scene) => restoredFrom(scene, all(scene)),
      cause: (scene) => lose(scene, all(scene)),
    },
    {
      ...shared,
      id: "D3+D5",
      title: `${standby} down and all storage at ${primary} lost`,
      fault: `site:${standby},storage:${primary}`,
      notes: [
        ...notes,
        `${standby} was down for ${ALONE_SECONDS} s when the storage was lost; it got its power back before anything was restored`,
      ],
      restores: (scene) => restoredFrom(scene, all(scene)),
      cause: (scene) =>
        lose(scene, all(scene), async () => {
          await scene.standby.site.kill();
          await sleep(ALONE_SECONDS * 1000);
          return () => scene.standby.site.start();
        }),
    },
  ];
}

const prepare = async ({ primary: { site } }: Scene): Promise<() => Promise<void>> => {
  await ensureBaseBackup(site);
  return () => Promise.resolve();
};

/** Does the store of the site that takes the writes outlive the loss of these arrays? */
const livesOn = ({ primary: { planned } }: Scene, lost: readonly ArrayPlace[]): boolean =>
  planned.store !== undefined &&
  !lost.some(({ server, array }) => server === planned.store?.server && array === planned.store.array);

/** What a person restores: from the local backups where they are still there, else from the other site's copy. */
const restoredFrom = (scene: Scene, lost: readonly ArrayPlace[]): Restores => ({
  from: (livesOn(scene, lost) ? scene.primary : scene.standby).site.name,
  subjects: ["postgres", "uploads"],
});

/** @param other what fails first; returns what ends it before the disks are replaced */
async function lose(
  scene: Scene,
  lost: readonly ArrayPlace[],
  other: () => Promise<() => Promise<void>> = () => Promise.resolve(() => Promise.resolve()),
): Promise<Caused> {
  const { primary, standby } = scene;
  const storeLives = livesOn(scene, lost);
  const commands = (storeLives ? localCommands : copyCommands)(restoreRunbook());
  await runNow(primary.site, UPLOADS);
  if (!storeLives) {
    await sleep(LISTED_AFTER_SECONDS * 1000);
    await runNow(standby.site, COPY(primary.site.name));
  }
  const restore = new Restore(scene, { commands, lost, storeLives });
  const endOther = await other();
  await loseArrays(primary.site, lost);
  return {
    at: Date.now(),
    heal: async () => {
      await endOther();
      await restore.run();
    },
    findings: () => restore.findings(),
  };
}

/** A restore by the runbook, with the time that each of its steps takes. */
class Restore {
  readonly #scene: Scene;
  readonly #plan: Plan;
  readonly #steps: { readonly name: string; readonly seconds: number }[] = [];
  #begun = 0;
  #services: number | undefined;
  #standby: number | undefined;

  constructor(scene: Scene, plan: Plan) {
    this.#scene = scene;
    this.#plan = plan;
  }

  async run(): Promise<void> {
    const { primary, standby } = this.#scene;
    const { commands, lost, storeLives } = this.#plan;
    const sites = [primary.site, standby.site] as const;
    await this.#step("new disks, and an empty cluster on them", () => replaceArrays(primary.site, lost));
    this.#begun = Date.now();
    await this.#step("platform laid without its services", () => this.#lay(commands.layEmpty));
    await this.#step("PostgreSQL restored beside the real one", () => typeAt(sites, commands.restorePostgres));
    await this.#step("PostgreSQL's data brought over", () => typeAt(sites, commands.bringPostgres));
    const copy = `copy-of-${primary.site.name}`;
    const archive = `postgres/pg-${primary.site.name}`;
    if (storeLives) {
      await this.#step("old archive moved aside", () => moveAside(primary, archive));
      await this.#step("its copy moved aside", () => moveAside(standby, `${copy}/${archive}`));
    }
    await this.#step("uploads restored", () => typeAt(sites, commands.restoreUploads));
    await this.#step("services laid", () => this.#lay(commands.layAll));
    this.#services = this.#since();
    await this.#step(`${standby.site.name}'s standby deleted`, () => typeAt(sites, commands.deleteStandby));
    await this.#step(`${standby.site.name}'s old archive moved aside`, () =>
      moveAside(standby, `postgres/pg-${standby.site.name}`),
    );
    await this.#step(`${standby.site.name}'s standby cloned anew`, () => this.#lay(commands.layStandby));
    this.#standby = this.#since();
    if (!storeLives) await this.#step("the old copy moved aside", () => moveAside(standby, copy));
  }

  async findings(): Promise<Findings> {
    const { primary, standby } = this.#scene;
    const problems: string[] = [];
    // The load has ended: without a write nothing would be archived.
    await sql(primary.site, "select pg_logical_emit_message(false, 'drill', 'archive'), pg_switch_wal()");
    for (const { site } of [primary, standby]) {
      const archives = async (): Promise<boolean> => (await condition(site, "ContinuousArchiving"))?.status === "True";
      try {
        await eventually(`${site.name}: WAL is archived again`, archives, ARCHIVED_WITHIN_MS, 1000);
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
    try {
      await runNow(standby.site, COPY(primary.site.name));
    } catch (error) {
      problems.push(`no copy of the new backups is made: ${error instanceof Error ? error.message : String(error)}`);
    }
    const figure = (what: string, seconds: number | undefined) =>
      restoredFigure(`${what}, from the runbook's first command`, seconds);
    return {
      problems,
      notes: [`steps: ${this.#steps.map(({ name, seconds }) => `${name} ${seconds} s`).join(", ")}`],
      figures: [
        figure(`${primary.site.name} serves the restored data`, this.#services),
        figure(`${standby.site.name} stands by again`, this.#standby),
      ],
    };
  }

  #lay({ stack, isClosed }: LayCommand): Promise<void> {
    const { primary, standby } = this.#scene;
    const staged: StagedSite | undefined = [primary, standby].find(({ site }) => site.name === stack);
    if (staged === undefined) throw new Error(`the runbook lays ${stack}, which is not on stage`);
    return staged.lay(isClosed ? isServicePod : undefined);
  }

  async #step(name: string, work: () => Promise<unknown>): Promise<void> {
    const start = Date.now();
    try {
      await work();
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      this.#steps.push({ name, seconds: Math.round((Date.now() - start) / 100) / 10 });
    }
  }

  #since(): number {
    return Math.round((Date.now() - this.#begun) / 100) / 10;
  }
}
