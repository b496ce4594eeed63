import type { Judgement } from "../judge.ts";
import type { Progress, TopologyPlan } from "../plan.ts";
import { readStackConfig } from "../stack-files.ts";
import type { Project } from "../stack-files.ts";
import type { Answer } from "./answer.ts";
import { databaseConfiguration } from "./database-config.ts";
import { readAnswers } from "./read.ts";
import { moreServers } from "./servers.ts";

/** The document's worries N1-N5, answered for a planned topology. */
export async function answerQuestions(
  project: Project,
  { topology, sites }: TopologyPlan,
  judgement: Judgement,
  progress: Progress,
): Promise<readonly Answer[]> {
  const configs = sites.map(({ site }) => readStackConfig(project, site).values);
  const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
  const answers = [
    ...readAnswers(judgement),
    databaseConfiguration(
      sites.map(({ result }) => result),
      {
        sites: configs.map((values) => parsed(values[`${project.name}:site`])),
        services: parsed(configs[0]?.[`${project.name}:services`]),
      },
    ),
    await moreServers(project, topology, progress),
  ];
  return answers.sort((a, b) => a.id.localeCompare(b.id));
}
