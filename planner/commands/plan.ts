import { join, relative } from "node:path";
import { readDrills } from "../../lab/result/read.ts";
import type { DrillFile } from "../../lab/result/schema.ts";
import type { Topology } from "../../topologies/types.ts";
import { comparisonOf } from "../comparison.ts";
import { exitCodes } from "../errors.ts";
import { stackResources } from "../harness.ts";
import { judge } from "../judge.ts";
import type { Judgement } from "../judge.ts";
import { manifestsOf, releasesOf, yamlOf } from "../manifests.ts";
import { outcomesFile } from "../outcomes-file.ts";
import type { Origin } from "../outcomes-file.ts";
import { refuseOut, writePlan } from "../output.ts";
import { checkConfigs, planTopology, topologiesNamed } from "../plan.ts";
import type { TopologyPlan } from "../plan.ts";
import { readPackConfigFile } from "../policy-pack/config-file.ts";
import { openPack } from "../policy-pack/pack.ts";
import type { Pack } from "../policy-pack/pack.ts";
import type { PolicyReport } from "../policy-report.ts";
import { countConfiguration, writtenConfig } from "../questions/database-config.ts";
import type { ConfigurationCount } from "../questions/database-config.ts";
import { answerQuestions } from "../questions/index.ts";
import type { Answer } from "../questions/answer.ts";
import { runSteps } from "../progress.ts";
import { picture } from "../report/diagram.ts";
import { withDrill } from "../report/drills.ts";
import { renderReport } from "../report/report.ts";
import { readProject } from "../stack-files.ts";
import type { Project } from "../stack-files.ts";
import { stateFile } from "../state-file.ts";
import { judgementText } from "../summary.ts";

export interface PlanOptions {
  readonly project: string;
  readonly out: string;
  readonly json: boolean;
  /** File with levels and settings of the policies. @default their own */
  readonly policyPackConfig?: string;
}

export interface Judged {
  readonly plan: TopologyPlan;
  readonly judgement: Judgement;
  readonly policies: PolicyReport;
  readonly answers: readonly Answer[];
  readonly configuration: ConfigurationCount;
  /** Results of the topology's last drills; absent where it was never drilled. */
  readonly drills?: DrillFile;
}

/** `holdfast plan`: resources, manifests, outcomes and report of the topologies named (of all, if none is). */
export async function plan(names: readonly string[], options: PlanOptions): Promise<number> {
  const topologies = topologiesNamed(names);
  const { policyPackConfig, out } = options;
  const config = policyPackConfig === undefined ? undefined : readPackConfigFile(policyPackConfig);
  const project = readProject(options.project);
  refuseOut(out);
  checkConfigs(project, topologies);
  // It starts while the first topology is planned; where that fails, nobody waits for it.
  const pack = openPack(config);
  pack.catch(() => undefined);
  try {
    const judged = await judgeTopologies(project, topologies, pack, out);
    print(judged, options);
    return judged.every(({ judgement, policies }) => judgement.kept && policies.kept)
      ? exitCodes.kept
      : exitCodes.broken;
  } finally {
    await pack.then(
      (started) => started.close(),
      () => undefined,
    );
  }
}

/** Plans and judges one topology after the other, then writes all of them. */
async function judgeTopologies(
  project: Project,
  topologies: readonly Topology[],
  pack: Promise<Pack>,
  out: string,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  await runSteps([
    ...topologies.map((topology) => ({
      title: `${topology.name}: plan ${topology.sites.map(({ name }) => name).join(" and ")}, and judge`,
      run: async (say: (text: string) => void) => {
        const planned = await planTopology(project, topology, say);
        say("analyse");
        const stacks = planned.sites.map(({ result }) => stackResources(result));
        const drills = readDrills(project.directory, topology.name);
        const computed = judge(stacks);
        const judgement = { ...computed, outcomes: computed.outcomes.map((outcome) => withDrill(outcome, drills)) };
        say("ask the policies");
        const policies = await (await pack).judge(stacks);
        const answers = await answerQuestions(project, planned, judgement, say);
        const results = planned.sites.map(({ result }) => result);
        const written = writtenConfig(
          project,
          planned.sites.map(({ site }) => site),
        );
        const configuration = countConfiguration(results, written);
        judged.push({ plan: planned, judgement, policies, answers, configuration, ...(drills ? { drills } : {}) });
        const resources = planned.sites.reduce((sum, { result }) => sum + result.resources.length, 0);
        return `${topology.name}: ${resources} resources, ${judgement.outcomes.length} faults, ${policies.policies.length} policies`;
      },
    })),
    {
      title: `write ${out}`,
      run: async () => {
        writePlan(out, filesOf(judged));
        return `wrote ${out}`;
      },
    },
  ]);
  return judged;
}

function print(judged: readonly Judged[], { out, json }: PlanOptions): void {
  const report = join(out, "report.html");
  if (json) {
    process.stdout.write(`${JSON.stringify({ out, report, topologies: judged.map(documentOf) }, null, 2)}\n`);
    return;
  }
  for (const { plan: planned, judgement, answers, policies } of judged)
    process.stdout.write(
      `${judgementText(planned.topology.title, originOf(planned), judgement, answers, policies)}\n\n`,
    );
  process.stdout.write(`Report: ${relative(process.cwd(), report) || report}\n`);
}

function documentOf({ plan: planned, judgement, answers, policies }: Judged): Record<string, unknown> {
  return outcomesFile(originOf(planned), judgement, answers, policies);
}

export function originOf({ topology, sites }: TopologyPlan): Origin {
  return { topology, stacks: sites.map(({ site, notes }) => ({ stack: site, origin: "plan", notes })) };
}

function filesOf(judged: readonly Judged[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const one of judged) {
    const { plan: planned, judgement } = one;
    const { name } = planned.topology;
    for (const { site, result } of planned.sites) {
      files.set(join(name, site, "stack.json"), jsonText(stateFile(result)));
      files.set(join(name, site, "releases.yaml"), yamlOf(releasesOf(result)));
      for (const { file, object } of manifestsOf(result))
        files.set(join(name, site, "manifests", file), yamlOf(object));
    }
    files.set(join(name, "picture.svg"), picture(judgement.system));
    files.set(join(name, "outcomes.json"), jsonText(documentOf(one)));
  }
  const sections = judged.map((one) => ({
    title: one.plan.topology.title,
    origin: originOf(one.plan),
    judgement: one.judgement,
    policies: one.policies,
    answers: one.answers,
    ...(one.drills ? { drills: one.drills } : {}),
  }));
  const candidates = judged.map(({ plan: { topology }, judgement, configuration }) => ({
    topology,
    judgement,
    configuration,
  }));
  files.set("report.html", renderReport({ sections, columns: comparisonOf(candidates), now: new Date() }));
  return files;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
