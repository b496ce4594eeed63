import { valueOf } from "../../resilience/fact.ts";
import type { Outcome } from "../../resilience/outcome.ts";
import type { Topology } from "../../topologies/types.ts";
import { primaryOf } from "../../topologies/index.ts";
import { stackResources } from "../harness.ts";
import { judge } from "../judge.ts";
import type { Judgement } from "../judge.ts";
import { withServers } from "../more-servers.ts";
import { planTopology } from "../plan.ts";
import type { Progress } from "../plan.ts";
import { readStackConfig } from "../stack-files.ts";
import type { Project } from "../stack-files.ts";
import { isObject } from "../wire.ts";
import type { Answer } from "./answer.ts";
import { editSite } from "./edit-site.ts";
import { effect, NO_SUCH_FAULT } from "./effect.ts";

/** One, two and three times the fewest servers that the site can have. */
const SIZES = [1, 2, 3] as const;

/**
 * N4 and S3.4: what more servers at the primary site change. Each number is planned and analysed anew, so that the answer
 * is that of the program and not of a rule of thumb.
 */
export async function moreServers(project: Project, topology: Topology, progress: Progress): Promise<Answer> {
  const primary = primaryOf(topology);
  const values = readStackConfig(project, primary).values;
  const least = fewestServers(JSON.parse(values[`${project.name}:site`] ?? "null"));
  const counts = SIZES.map((size) => size * least);
  const judged: Judgement[] = [];
  for (const count of counts) {
    progress(`what ${servers(count)} at ${primary} would change`);
    const edit = editSite(project.name, primary, (facts) => withServers(facts, count));
    const plan = await planTopology(project, topology, () => undefined, edit);
    judged.push(judge(plan.sites.map(({ result }) => stackResources(result))));
  }
  const server = judged[0]?.system.sites.find(({ name }) => name === primary)?.servers[0]?.name ?? primary;
  const faults = [
    `node:${server}`,
    `process:postgres@${primary}`,
    `process:mongo@${primary}`,
    `disk:${primary}:3`,
    `zone:${primary}/1`,
    `site:${primary}`,
  ];
  const rows = faults
    .map((fault) => [fault, ...judged.map(({ outcomes }) => effect(outcomes, fault, primary))])
    .filter((cells) => cells.slice(1).some((cell) => cell !== NO_SUCH_FAULT));
  const missing = judged.flatMap(({ outcomes }) => unknownsOf(outcomes, faults));
  const instances = judged.map(({ system }) => instancesAt(system.postgres, primary));
  return {
    id: "N4",
    question: `What do more servers at ${primary} change?`,
    sentences: [
      `PostgreSQL runs ${instances.join(", ")} instances on ${counts.join(", ")} servers; what ${primary}'s clients get then:`,
      ...(missing.length > 0 ? [`A fact is missing: ${[...new Set(missing)].join("; ")}.`] : []),
    ],
    table: { head: ["fault", ...counts.map(servers)], rows },
  };
}

const servers = (count: number): string => `${count} ${count === 1 ? "server" : "servers"}`;

function unknownsOf(outcomes: readonly Outcome[], faults: readonly string[]): readonly string[] {
  return outcomes
    .filter(({ fault }) => faults.includes(fault))
    .flatMap(({ unknowns }) => unknowns.map(({ text }) => text));
}

function instancesAt(clusters: Judgement["system"]["postgres"], site: string): string {
  const instances = clusters.filter((cluster) => cluster.site === site).map((cluster) => valueOf(cluster.instances));
  return instances.map((count) => count ?? "an unknown number of").join("+");
}

/** A pool of AKS has a node for each zone of the site at the least; a cluster of one's own has one server. */
function fewestServers(facts: unknown): number {
  return isObject(facts) && facts["platform"] === "aks" && Array.isArray(facts["zones"]) ? facts["zones"].length : 1;
}
