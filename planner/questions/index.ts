import type { Judgement } from "../judge.ts";
import type { Progress, TopologyPlan } from "../plan.ts";
import type { Project } from "../stack-files.ts";
import type { Answer } from "./answer.ts";
import { databaseConfiguration, writtenConfig } from "./database-config.ts";
import { readAnswers } from "./read.ts";
import { moreServers } from "./servers.ts";
import { zoneRedundancy } from "./zones.ts";

/** The document's worries N1-N5, and S2.4 where a site spreads over zones, answered for a planned topology. */
export async function answerQuestions(
  project: Project,
  { topology, sites }: TopologyPlan,
  judgement: Judgement,
  progress: Progress,
): Promise<readonly Answer[]> {
  const written = writtenConfig(
    project,
    sites.map(({ site }) => site),
  );
  const answers = [
    ...readAnswers(judgement),
    databaseConfiguration(
      sites.map(({ result }) => result),
      written,
    ),
    await moreServers(project, topology, progress),
    ...(await zoneRedundancy(project, topology, judgement, progress)),
  ];
  return answers.sort((a, b) => a.id.localeCompare(b.id));
}
