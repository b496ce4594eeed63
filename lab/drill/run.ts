import { setTimeout as sleep } from "node:timers/promises";
import type { Caused, Drill, Findings, Scene } from "../faults/drill.ts";
import { carried } from "../load/carried.ts";
import type { Carried } from "../load/carried.ts";
import type { Entry, History } from "../load/history.ts";
import { startLoad } from "../load/run.ts";
import type { Load } from "../load/run.ts";
import type { Stores } from "./evidence.ts";
import type { Marks } from "./marks.ts";
import { lookAt, untilSteady } from "./health.ts";
import { untilIdle } from "./idle.ts";
import { workersOf } from "./load.ts";
import type { Observation } from "./observation.ts";
import { timesOf } from "./schedule.ts";
import type { Expected } from "./steady.ts";

/** What a run needs beside the scene. */
export interface RunSettings {
  /** Goes into the ids of its writes: no other run of the session has it. */
  readonly name: string;
  /** Where plans and histories of the load are kept. */
  readonly folder: string;
  readonly host: string;
  /** File with the certificate of the authority that signed the platform's. */
  readonly ca: string;
  readonly bodyBytes: number;
  readonly short: boolean;
  /** Until the settled state, seconds; null: unknown. */
  readonly predictedSeconds: number | null;
  readonly expected: Expected;
  /** Reads what is stored, once the load has ended. */
  readonly read: () => Promise<Stores>;
  readonly say: (text: string) => void;
}

/** What came of a run. */
export interface RunResult {
  readonly observation: Observation;
  /** Everything that was sent, also before and after what is observed. */
  readonly entries: readonly Entry[];
  readonly carried: Carried;
  readonly marks: Marks;
  /** What had to find itself again after the healing. */
  readonly again: Marks;
  /** What the drill looked at itself. */
  readonly findings: Findings;
  readonly stores: Stores;
  /** What was not well again at its end; empty: all was. */
  readonly unhealed: readonly string[];
}

/** The system was not well before the fault: nothing can be measured. Writes that were sent are told all the same. */
export class NotReady extends Error {
  readonly entries: readonly Entry[];

  constructor(wrong: readonly string[], entries: readonly Entry[]) {
    super(`the system was not well before the fault: ${wrong.join("; ")}`);
    this.name = "NotReady";
    this.entries = entries;
  }
}

const READY_WITHIN_MS = 180_000;
/** Before the load comes: the clusters alone leave about half of two cores, and their short jobs are no reason to wait. */
const quiet = { least: 0.3, everyMs: 10_000 } as const;
/** Under load: what a fault makes happen would else wait for a processor from its first moment on. A peak leaves less. */
const spare = (isPeak: boolean) => ({ least: isPeak ? 0.05 : 0.2, everyMs: 5000 });
/** A system that is never well for as long as a run is watched is not ready. */
const WATCHED_TIMES = 5;
const HEALED_WITHIN_MS = 240_000;

/** Runs a drill once: load, fault, healing, recovery. Whatever happens, the cause is taken away and the load is ended. */
export async function runOnce(scene: Scene, drill: Drill, settings: RunSettings): Promise<RunResult> {
  const { say } = settings;
  const undo: (() => Promise<void>)[] = [];
  try {
    if (drill.prepare !== undefined) {
      say("preparing");
      undo.push(await drill.prepare(scene));
    }
    // Clients that come while a machine still carries a start or a restore are not served, and by asking again keep it busy.
    await untilIdle({ ...quiet, withinMs: READY_WITHIN_MS, say });
    const sites = [scene.primary.site.name, scene.standby.site.name];
    const load = await startLoad(settings.folder, workersOf(scene.network, sites, settings, drill.load ?? 1));
    const ending = endOnce(load);
    undo.push(async () => void (await ending()));
    return await underLoad(scene, drill, settings, { load, ending, undo });
  } finally {
    // In the order in which an interrupted run would have done it: the load first.
    const failures: string[] = [];
    for (const step of undo.reverse())
      await step().catch(
        (error: unknown) => void failures.push(error instanceof Error ? error.message : String(error)),
      );
    for (const failure of failures) say(`not undone: ${failure}`);
  }
}

interface Underway {
  readonly load: Load;
  readonly ending: () => Promise<readonly History[]>;
  readonly undo: (() => Promise<void>)[];
}

async function underLoad(
  scene: Scene,
  drill: Drill,
  { expected, predictedSeconds, short, read, say }: RunSettings,
  { load, ending, undo }: Underway,
): Promise<RunResult> {
  const times = timesOf(drill, predictedSeconds, { short, random: Math.random });
  let beganAt: number;
  let busy: readonly string[];
  for (let tries = 1; ; tries++) {
    say("waiting until all is well");
    const wrong = await untilSteady(load, expected, { withinMs: READY_WITHIN_MS, say });
    if (wrong.length > 0) throw new NotReady(wrong, entriesOf(await ending()));
    busy = await untilIdle({ ...spare(drill.load !== undefined), withinMs: READY_WITHIN_MS, say });
    beganAt = Date.now();
    say(`watching for ${Math.round(times.before + times.phase)} s`);
    await sleep((times.before + times.phase) * 1000);
    const before = await lookAt(load, expected);
    if (before.length === 0) break;
    // A busy machine delays some answers now and then: a fault that came then would be blamed for them.
    if (tries === WATCHED_TIMES) throw new NotReady(before, entriesOf(await ending()));
    say(`not well at the moment of the fault, again: ${before.join("; ")}`);
  }
  if (drill.load !== undefined) {
    const limit = overloaded(carried(await load.peek(), { from: beganAt, to: Date.now() }));
    if (limit.length > 0) throw new NotReady(limit, entriesOf(await ending()));
  }

  const askedAt = Date.now();
  const caused = await drill.cause(scene);
  const faultAt = caused.at ?? askedAt;
  const heal = once(caused.heal);
  if (caused.restore !== undefined) undo.unshift(caused.restore);
  undo.push(heal);
  say(`fault caused: ${drill.fault}`);
  if (drill.hold === "recovery") {
    const left = await untilSteady(load, expected, { withinMs: times.hold * 1000, say });
    if (left.length > 0) say(`not back within ${Math.round(times.hold)} s: ${left.join("; ")}`);
  } else await sleep(times.hold * 1000);
  const holdsEnded = Date.now();
  const marks = await marksOf(caused.marks, say);
  // What was measured by then is told all the same.
  const failures = await heal().then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
  say("healed, waiting until all is well");
  const left = await untilSteady(load, expected, { withinMs: HEALED_WITHIN_MS, say });
  await sleep(times.after * 1000);
  const endedAt = Date.now();
  const histories = await ending();
  const healedAt = drill.hold === "recovery" ? endedAt : holdsEnded;
  const entries = entriesOf(histories);
  const observation = { entries, beganAt, faultAt, healedAt, endedAt, addresses: expected.addresses };
  const unhealed = [...failures, ...left];
  const window = { from: beganAt, to: askedAt };
  const again = await marksOf(caused.again, say);
  const found = await findingsOf(caused, observation, say);
  const findings = { ...found, notes: [...busy, ...found.notes] };
  say("reading the stores");
  return {
    observation,
    entries,
    carried: carried(histories, window),
    marks,
    again,
    findings,
    unhealed,
    stores: await read(),
  };
}

/** A load of which the machine itself sends less than this share in time tells of the machine, not of the system. */
const SENT_IN_TIME = 0.9;

/** What keeps a peak from being one, in words. */
export const overloaded = ({ attempted, inTime }: Pick<Carried, "attempted" | "inTime">): readonly string[] =>
  inTime >= SENT_IN_TIME * attempted
    ? []
    : [`this machine carries no such load: of ${attempted} requests per second ${inTime} were sent in time`];

const entriesOf = (histories: readonly History[]): readonly Entry[] => histories.flatMap(({ entries }) => entries);

/** The marks of a fault; what the cluster does not tell is not there. */
async function marksOf(marks: Caused["marks"], say: (text: string) => void): Promise<Marks> {
  try {
    return (await marks?.()) ?? [];
  } catch (error) {
    say(`stages were not seen: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** What a drill looks at itself; where that fails nothing is known, which is no pass. */
async function findingsOf(
  { findings }: Caused,
  observation: Observation,
  say: (text: string) => void,
): Promise<Findings> {
  if (findings === undefined) return { problems: [], notes: [] };
  say("looking at what clients don't see");
  try {
    return await findings(observation);
  } catch (error) {
    return { problems: [`not seen: ${error instanceof Error ? error.message : String(error)}`], notes: [] };
  }
}

function once(work: (() => Promise<void>) | undefined): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work?.() ?? Promise.resolve());
}

function endOnce(load: Load): () => Promise<readonly History[]> {
  let ended: Promise<readonly History[]> | undefined;
  return () => (ended ??= load.stop());
}
