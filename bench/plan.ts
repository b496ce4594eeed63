import { performance } from "node:perf_hooks";
import { resolve } from "node:path";
import type { Judgement } from "../planner/judge.ts";
import { judge } from "../planner/judge.ts";
import { runProgram } from "../planner/harness.ts";
import type { ProgramResult } from "../planner/harness.ts";
import { planTopology } from "../planner/plan.ts";
import type { ConfigEdit } from "../planner/plan.ts";
import { readProject } from "../planner/stack-files.ts";
import type { Project } from "../planner/stack-files.ts";
import { stateFile } from "../planner/state-file.ts";
import { renderReport } from "../planner/report/report.ts";
import { readStack } from "../resilience/read.ts";
import { topologies } from "../topologies/index.ts";

/**
 * Time of a plan and of a check, and how it grows with the number of services: `npx tsx bench/plan.ts`. The median of some
 * runs each; the ratios to the smallest size matter, the milliseconds are those of this machine.
 */
const SIZES = [5, 20, 80];
const RUNS = 3;

interface Timing {
  readonly services: number;
  readonly resources: number;
  readonly faults: number;
  readonly plan: number;
  readonly check: number;
  readonly report: number;
}

function projectOf(size: number): Project {
  const project = readProject(resolve(__dirname, ".."));
  const given = project.defaults[`${project.name}:services`];
  const services: readonly unknown[] = Array.isArray(given) ? given : [];
  const more = Array.from({ length: Math.max(0, size - services.length) }, (_, index) => extraService(index));
  return {
    ...project,
    defaults: { ...project.defaults, [`${project.name}:services`]: [...services, ...more].slice(0, size) },
  };
}

function extraService(index: number): unknown {
  return {
    name: `extra-${index}`,
    image: "docker.io/library/extra:1.0.0",
    host: "my.appserver.test",
    path: `/api/extra-${index}`,
    port: 8080,
    store: index % 2 === 0 ? "postgres" : "mongo",
    probe: { path: "/healthcheck" },
  };
}

async function time<T>(body: () => Promise<T> | T): Promise<{ readonly result: T; readonly milliseconds: number }> {
  const start = performance.now();
  const result = await body();
  return { result, milliseconds: performance.now() - start };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** What the pack's process needs is measured by its own test: here the report alone counts. */
const NO_POLICIES = { policies: [], findings: [], pending: [], kept: true };

async function measure(size: number): Promise<Timing> {
  const [topology] = topologies;
  if (!topology) throw new Error("there is no topology to measure");
  const project = projectOf(size);
  const runs: Omit<Timing, "services">[] = [];
  for (let run = 0; run < RUNS; run++) {
    // A config of its own, or a run would be given the plan that is remembered of the one before.
    const edit: ConfigEdit = (_site, values) => ({
      ...values,
      [`${project.name}:contact`]: `run-${run}@appserver.test`,
    });
    const planned = await time(() => planTopology(project, topology, undefined, edit));
    const sites: readonly ProgramResult[] = planned.result.sites.map(({ result }) => result);
    const files = sites.map((result) => JSON.stringify(stateFile(result)));
    const checked = await time((): Judgement => judge(files.map((text, index) => readStack(text, `file ${index}`))));
    const origin = { topology, stacks: [] };
    const report = await time(() =>
      renderReport({
        sections: [{ title: topology.title, origin, judgement: checked.result, policies: NO_POLICIES, answers: [] }],
        columns: [],
        now: new Date(),
      }),
    );
    runs.push({
      resources: sites.reduce((sum, { resources }) => sum + resources.length, 0),
      faults: checked.result.outcomes.length,
      plan: planned.milliseconds,
      check: checked.milliseconds,
      report: report.milliseconds,
    });
  }
  const [first] = runs;
  if (!first) throw new Error("no run was made");
  const of = (key: "plan" | "check" | "report"): number => median(runs.map((run) => run[key]));
  return {
    services: size,
    resources: first.resources,
    faults: first.faults,
    plan: of("plan"),
    check: of("check"),
    report: of("report"),
  };
}

async function main(): Promise<void> {
  // The first run also loads the SDK; users pay that once, so it is told apart.
  const loading = await time(() => runProgram(() => undefined));
  const timings: Timing[] = [];
  for (const size of SIZES) timings.push(await measure(size));
  const [base] = timings;
  const rows = timings.map((timing) => ({
    services: timing.services,
    resources: timing.resources,
    faults: timing.faults,
    "plan ms": Math.round(timing.plan),
    "plan ×": ratio(timing.plan, base?.plan),
    "check ms": Math.round(timing.check),
    "check ×": ratio(timing.check, base?.check),
    "report ms": Math.round(timing.report),
    "services ×": ratio(timing.services, base?.services),
  }));
  process.stdout.write(`loading the SDK, and an empty program: ${Math.round(loading.milliseconds)} ms\n`);
  console.table(rows);
}

function ratio(value: number, base: number | undefined): number {
  return base === undefined ? NaN : Math.round((10 * value) / base) / 10;
}

void main();
