import { valueOf } from "../../resilience/fact.ts";
import type { Outcome } from "../../resilience/outcome.ts";
import type { Topology } from "../../topologies/types.ts";
import { primaryOf } from "../../topologies/index.ts";
import { stackResources } from "../harness.ts";
import { judge } from "../judge.ts";
import type { Judgement } from "../judge.ts";
import { planTopology } from "../plan.ts";
import type { ConfigEdit, Progress } from "../plan.ts";
import type { Project } from "../stack-files.ts";
import { dataLossText, recoveryText } from "../view.ts";
import { isObject } from "../wire.ts";
import type { Answer } from "./answer.ts";

const MOST_SERVERS = 3;

/**
 * N4: what 1, 2 and 3 servers at the primary site change. Each number is planned and analysed anew, with copies of the
 * first server, so that the answer is that of the program and not of a rule of thumb.
 */
export async function moreServers(project: Project, topology: Topology, progress: Progress): Promise<Answer> {
  const primary = primaryOf(topology);
  const judged: Judgement[] = [];
  for (let count = 1; count <= MOST_SERVERS; count++) {
    progress(`what ${count} ${count === 1 ? "server" : "servers"} at ${primary} would change`);
    const plan = await planTopology(project, topology, () => undefined, withServers(project.name, primary, count));
    judged.push(judge(plan.sites.map(({ result }) => stackResources(result))));
  }
  const server = judged[0]?.system.sites.find(({ name }) => name === primary)?.servers[0]?.name ?? primary;
  const faults = [
    `node:${server}`,
    `process:postgres@${primary}`,
    `process:mongo@${primary}`,
    `disk:${primary}:3`,
    `site:${primary}`,
  ];
  const rows = faults.map((fault) => [fault, ...judged.map(({ outcomes }) => cell(outcomes, fault, primary))]);
  const missing = judged.flatMap(({ outcomes }) =>
    outcomes.filter(({ fault }) => faults.includes(fault)).flatMap(({ unknowns }) => unknowns.map(({ text }) => text)),
  );
  const instances = judged.map(({ system }) => instancesAt(system.postgres, primary));
  return {
    id: "N4",
    question: `What do more servers at ${primary} change?`,
    sentences: [
      `PostgreSQL runs ${instances.join(", ")} instances on 1, 2, 3 servers; what ${primary}'s clients get then:`,
      ...(missing.length > 0 ? [`A fact is missing: ${[...new Set(missing)].join("; ")}.`] : []),
    ],
    table: { head: ["fault", "1 server", "2 servers", "3 servers"], rows },
  };
}

function instancesAt(clusters: Judgement["system"]["postgres"], site: string): string {
  const instances = clusters.filter((cluster) => cluster.site === site).map((cluster) => valueOf(cluster.instances));
  return instances.map((count) => count ?? "an unknown number of").join("+");
}

function cell(outcomes: readonly Outcome[], fault: string, site: string): string {
  const outcome = outcomes.find((candidate) => candidate.fault === fault);
  const there = outcome?.sites.find((candidate) => candidate.site === site);
  if (!outcome || !there) return "no such fault";
  const lost = dataLossText(outcome.dataLoss);
  return `${there.reads}/${there.writes}, ${recoveryText(outcome.recovery)}${lost === "none" ? "" : `, lost: ${lost}`}`;
}

/** The site with that many copies of its first server; a further one is named after the first. */
function withServers(namespace: string, site: string, count: number): ConfigEdit {
  const key = `${namespace}:site`;
  return (edited, values) => {
    const facts: unknown = edited === site ? JSON.parse(values[key] ?? "null") : undefined;
    if (!isObject(facts) || !Array.isArray(facts["servers"])) return values;
    const [first] = facts["servers"] as readonly unknown[];
    if (!isObject(first)) return values;
    const servers = Array.from({ length: count }, (_, index) =>
      index === 0 ? first : { ...first, name: `${String(first["name"])}-${String.fromCharCode(97 + index)}` },
    );
    return { ...values, [key]: JSON.stringify({ ...facts, servers }) };
  };
}
