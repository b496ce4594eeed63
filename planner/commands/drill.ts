import { InputError } from "../../config/problem.ts";
import { selectDrills, wordsOf } from "../../lab/drill/select.ts";
import { askedRate, WORLD_PLACE } from "../../lab/drill/load.ts";
import { judgeDrill } from "../../lab/drill/judge.ts";
import { commandOf, loadOf, openOut, thisMachine, writeDrills } from "../../lab/drill/output.ts";
import { outcomeOf } from "../../lab/drill/predictions.ts";
import { LINE, Session } from "../../lab/drill/session.ts";
import { untilFirstBackup } from "../../lab/drill/settle.ts";
import { drillsOf, plannedDrills } from "../../lab/faults/index.ts";
import type { Drill as Fault } from "../../lab/faults/drill.ts";
import { checkHost } from "../../lab/network/host.ts";
import { cleanUp, runUnderWay } from "../../lab/network/run.ts";
import { drillTable } from "../../lab/result/markdown.ts";
import { readResults } from "../../lab/result/read.ts";
import { joined } from "../../lab/result/sessions.ts";
import { DRILL_VERSION } from "../../lab/result/schema.ts";
import type { Drill, DrillFile } from "../../lab/result/schema.ts";
import type { PlannedDrill } from "../../lab/result/text.ts";
import { planStage } from "../../lab/stage/planned.ts";
import type { PlannedStage } from "../../lab/stage/planned.ts";
import { Stage } from "../../lab/stage/stage.ts";
import { exitCodes } from "../errors.ts";
import { topologiesNamed } from "../plan.ts";
import { serversOf } from "../more-servers.ts";
import { readProject } from "../stack-files.ts";
import { RefusedError } from "../site-run.ts";
import { runSteps } from "../progress.ts";
import type { Step } from "../progress.ts";

export interface DrillOptions {
  readonly project: string;
  readonly out: string;
  readonly json: boolean;
  readonly short: boolean;
  /** As they were typed. */
  readonly servers: string;
  readonly runs: string;
  /** Keep what the folder tells of drills that are not run now? */
  readonly add: boolean;
  /** Ids or faults, as they were typed. @default all */
  readonly only?: string;
}

const lineDifference = {
  subject: "the line between the sites",
  what: `${LINE.delayMs} ms each way, up to ${LINE.jitterMs} ms more or less, as fast as the machine carries`,
  why: "the plan states no distance; a packet's way over a real network is not shown",
};
const loadDifference = {
  subject: "the load",
  what: "core (PostgreSQL) and alastair (MongoDB), a few dozen requests per second; events and the front end are not asked",
  why: "two cores carry the clusters and the clients; the peak is a drill of its own",
};

/** `holdfast drill`: breaks a planned topology on purpose, and holds what is measured against what is predicted. */
export async function drill(topology: string | undefined, options: DrillOptions): Promise<number> {
  const startedAt = new Date();
  const [first] = topologiesNamed(topology === undefined ? [] : [topology]);
  if (first === undefined) throw new Error("there is no topology at all");
  const siteOf = (role: string): string => first.sites.find((site) => site.role === role)?.name ?? "";
  const servers = countOf("--servers", options.servers);
  const names = {
    primary: siteOf("primary"),
    standby: siteOf("standby"),
    servers: serversOf(readProject(options.project), siteOf("primary"), servers),
  };
  const planned = plannedDrills(names);
  const { short, out, json, add } = options;
  const runs = countOf("--runs", options.runs);
  const written = drillsOf(names);
  const selected = selectDrills(written, planned, {
    short,
    ...(options.only === undefined ? {} : { only: wordsOf(options.only) }),
  });
  refuseHost();
  openOut(out);
  const former = add ? formerIn(out, first.name) : undefined;

  let plan: PlannedStage | undefined;
  let stage: Stage | undefined;
  let session: Session | undefined;
  const results: Drill[] = [];
  /** Of those, the ones that this stage can show. */
  const shown: Drill[] = [];
  const file = (): DrillFile => {
    if (plan === undefined) throw new Error("nothing was planned");
    const own = {
      command: commandOf(process.argv.slice(2)),
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      machine: thisMachine(),
      load: loadOf(askedRate([WORLD_PLACE, ...first.sites.map(({ name }) => name)]), session?.carried ?? []),
      steps: [...(stage?.steps ?? [])],
      differences: [
        ...(stage?.differences ?? []),
        lineDifference,
        loadDifference,
        ...selected.flatMap(({ differences = [] }) => differences),
      ],
    };
    const now: DrillFile = {
      version: DRILL_VERSION,
      topology: first.name,
      sessions: [own],
      drills: withUnmeasured(planned, plan, results, { selected, written }),
    };
    return former === undefined ? now : joined(former, now);
  };
  const close = async (): Promise<void> => {
    const up = stage;
    stage = undefined;
    await up?.down(() => undefined);
  };

  try {
    const steps: Step[] = [
      {
        title: `plan ${first.name}`,
        run: async (say) => {
          plan = await planStage(options.project, first.name, say, { servers });
          return `${first.name}: ${plan.judgement.outcomes.length} faults predicted`;
        },
      },
      {
        title: "bring it up",
        run: async (say) => {
          if (plan === undefined) throw new Error("nothing was planned");
          stage = await Stage.up(plan, say);
          await stage.network.line.set(LINE);
          say("waiting for the first base backup");
          for (const staged of stage.sites) if (staged.site.name === names.primary) await untilFirstBackup(staged);
          session = new Session(stage, { runs, short });
          return `up: ${stage.steps.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`).join(", ")}`;
        },
      },
      ...selected.map((fault) => ({
        title: `${fault.id} ${fault.title}`,
        run: async (say: (text: string) => void) => {
          if (session === undefined) throw new Error("nothing is up");
          const result = await session.drill(fault, say);
          results.push(result);
          if (session.lacking(fault) === undefined) shown.push(result);
          writeDrills(out, planned, file());
          return `${fault.id} ${fault.title}: ${result.verdict}`;
        },
      })),
    ];
    await runSteps(steps, { endsItself: true });
    const done = file();
    writeDrills(out, planned, done);
    process.stdout.write(
      json ? `${JSON.stringify(done, null, 2)}\n` : `${drillTable(planned, done)}\n\nResults: ${out}\n`,
    );
    return codeOf(shown);
  } finally {
    await close();
  }
}

/** A drill that was to be run and could not be measured is no pass, but a fault of Holdfast's own. */
function codeOf(results: readonly Drill[]): number {
  if (results.some(({ verdict }) => verdict === "worse than predicted")) return exitCodes.broken;
  const unmeasured = results.filter(({ verdict }) => verdict === "not measured");
  for (const { id, title, notes } of unmeasured)
    process.stderr.write(`${id} ${title} was not measured: ${notes[0] ?? "nobody knows why"}\n`);
  return unmeasured.length > 0 ? exitCodes.ourFault : exitCodes.kept;
}

/** `holdfast drill clean`: ends what a crashed drill has left. */
export async function cleanDrill(): Promise<number> {
  refuseRunUnderWay();
  await cleanUp((line) => void process.stderr.write(`${line}\n`));
  process.stderr.write("nothing of a drill is left but its logs\n");
  return exitCodes.kept;
}

/** Every planned drill, with its result, or with the reason why there is none. */
function withUnmeasured(
  planned: readonly PlannedDrill[],
  { judgement }: PlannedStage,
  results: readonly Drill[],
  { selected, written }: { readonly selected: readonly Fault[]; readonly written: readonly Fault[] },
): Drill[] {
  return planned.map((one) => {
    const is = ({ id, fault }: PlannedDrill): boolean => id === one.id && fault === one.fault;
    const found = results.find(is);
    if (found !== undefined) return found.runs.length > 0 ? { ...found, session: 0 } : found;
    const why = !written.some(is)
      ? "no such drill has been written yet"
      : selected.some(is)
        ? "the command ended before it"
        : "not asked for";
    return judgeDrill(one, outcomeOf(judgement, one.fault), [], [why]);
  });
}

/** @throws InputError where the folder's results are another topology's, or none that a drill wrote */
function formerIn(out: string, topology: string): DrillFile | undefined {
  const former = readResults(out);
  if (former === undefined || former.topology === topology) return former;
  throw new InputError("Command line", [
    {
      offender: "--add",
      rule: `results of ${topology}`,
      value: `${out} holds those of ${former.topology}`,
      fix: "name another folder: --out",
    },
  ]);
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InputError("Command line", [
    { offender: option, rule: "a whole number of at least 1", value: text, fix: "leave it out for one" },
  ]);
}

/** @throws InputError naming all that this machine lacks, or the run that is under way */
function refuseHost(): void {
  try {
    checkHost();
  } catch (error) {
    // The machine, not Holdfast, is at fault: the same code as for bad input.
    throw new RefusedError(error instanceof Error ? error.message : String(error));
  }
  refuseRunUnderWay();
}

function refuseRunUnderWay(): void {
  const pid = runUnderWay();
  if (pid === undefined) return;
  throw new InputError("Drill", [
    {
      offender: "this machine",
      rule: "one drill at a time",
      value: `one is under way (process ${pid})`,
      fix: `wait for it, or end it: kill ${pid}`,
    },
  ]);
}
