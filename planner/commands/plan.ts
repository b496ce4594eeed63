import { join, relative } from "node:path";
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
import { answerQuestions } from "../questions/index.ts";
import type { Answer } from "../questions/answer.ts";
import { runSteps } from "../progress.ts";
import { picture } from "../report/diagram.ts";
import { renderReport } from "../report/report.ts";
import { readProject } from "../stack-files.ts";
import { stateFile } from "../state-file.ts";
import { judgementText } from "../summary.ts";

export interface PlanOptions {
  readonly project: string;
  readonly out: string;
  readonly json: boolean;
}

export interface Judged {
  readonly plan: TopologyPlan;
  readonly judgement: Judgement;
  readonly answers: readonly Answer[];
}

/** `holdfast plan`: resources, manifests, outcomes and report of the topologies named (of all, if none is). */
export async function plan(names: readonly string[], { project: directory, out, json }: PlanOptions): Promise<number> {
  const topologies = topologiesNamed(names);
  const project = readProject(directory);
  refuseOut(out);
  checkConfigs(project, topologies);
  const judged: Judged[] = [];
  await runSteps([
    ...topologies.map((topology) => ({
      title: `${topology.name}: plan ${topology.sites.map(({ name }) => name).join(" and ")}, and judge`,
      run: async (say: (text: string) => void) => {
        const planned = await planTopology(project, topology, say);
        say("analyse");
        const judgement = judge(planned.sites.map(({ result }) => stackResources(result)));
        const answers = await answerQuestions(project, planned, judgement, say);
        judged.push({ plan: planned, judgement, answers });
        const resources = planned.sites.reduce((sum, { result }) => sum + result.resources.length, 0);
        return `${topology.name}: ${resources} resources, ${judgement.outcomes.length} faults`;
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

  const report = join(out, "report.html");
  if (json) {
    const documents = judged.map((one) => outcomesFile(originOf(one.plan), one.judgement, one.answers));
    process.stdout.write(`${JSON.stringify({ out, report, topologies: documents }, null, 2)}\n`);
  } else {
    for (const one of judged)
      process.stdout.write(
        `${judgementText(one.plan.topology.title, originOf(one.plan), one.judgement, one.answers)}\n\n`,
      );
    process.stdout.write(`Report: ${relative(process.cwd(), report) || report}\n`);
  }
  return judged.every(({ judgement }) => judgement.kept) ? exitCodes.kept : exitCodes.broken;
}

export function originOf({ topology, sites }: TopologyPlan): Origin {
  return { topology, stacks: sites.map(({ site, notes }) => ({ stack: site, origin: "plan", notes })) };
}

function filesOf(judged: readonly Judged[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { plan: planned, judgement, answers } of judged) {
    const { name } = planned.topology;
    for (const { site, result } of planned.sites) {
      files.set(join(name, site, "stack.json"), jsonText(stateFile(result)));
      files.set(join(name, site, "releases.yaml"), yamlOf(releasesOf(result)));
      for (const { file, object } of manifestsOf(result))
        files.set(join(name, site, "manifests", file), yamlOf(object));
    }
    files.set(join(name, "picture.svg"), picture(judgement.system));
    files.set(join(name, "outcomes.json"), jsonText(outcomesFile(originOf(planned), judgement, answers)));
  }
  const sections = judged.map((one) => ({
    title: one.plan.topology.title,
    origin: originOf(one.plan),
    judgement: one.judgement,
    answers: one.answers,
  }));
  files.set("report.html", renderReport(sections));
  return files;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
