import type { Topology } from "../../topologies/types.ts";
import { costSentence } from "../cost-text.ts";
import { stackResources } from "../harness.ts";
import { judge } from "../judge.ts";
import type { Judgement } from "../judge.ts";
import { planTopology } from "../plan.ts";
import type { Progress } from "../plan.ts";
import { readStackConfig } from "../stack-files.ts";
import type { Project } from "../stack-files.ts";
import { isObject } from "../wire.ts";
import type { Answer } from "./answer.ts";
import { editSite } from "./edit-site.ts";
import { effect } from "./effect.ts";

type Facts = Readonly<Record<string, unknown>>;

/**
 * S2.4: what the zone-redundant settings of a site change. The topology is planned and analysed anew with all of the site
 * in its first zone, and volumes and backups whose copies lie in one.
 *
 * @returns an answer per site that spreads over zones: none where there is no such site
 */
export async function zoneRedundancy(
  project: Project,
  topology: Topology,
  judgement: Judgement,
  progress: Progress,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const { name } of topology.sites) {
    const facts: unknown = JSON.parse(readStackConfig(project, name).values[`${project.name}:site`] ?? "null");
    const [first, second] = zonesOf(facts);
    if (first === undefined || second === undefined) continue;
    progress(`what one zone at ${name} would change`);
    const edit = editSite(project.name, name, (declared) => inOneZone(declared, first));
    const plan = await planTopology(project, topology, () => undefined, edit);
    answers.push(answerFor(name, first, judgement, judge(plan.sites.map(({ result }) => stackResources(result)))));
  }
  return answers;
}

function answerFor(site: string, zone: string, as: Judgement, without: Judgement): Answer {
  // A site in one zone is that zone: what a zone's failure is called then depends on whether its zones are named.
  const fault = `zone:${site}/${zone}`;
  const whole = without.outcomes.some((outcome) => outcome.fault === fault) ? fault : `zone:${site}`;
  const rows = [
    [`zone ${zone} fails`, effect(as.outcomes, fault, site), effect(without.outcomes, whole, site)],
    ["the region fails", effect(as.outcomes, `site:${site}`, site), effect(without.outcomes, `site:${site}`, site)],
    [
      "all storage is lost",
      effect(as.outcomes, `storage:${site}`, site),
      effect(without.outcomes, `storage:${site}`, site),
    ],
    ["cost", costSentence(as.cost), costSentence(without.cost)],
  ];
  return {
    id: "S2.4",
    question: `What do the zone-redundant settings of ${site} change?`,
    sentences: [
      `What ${site}'s clients get as declared, and with its nodes, volumes and backups in zone ${zone} alone:`,
    ],
    table: { head: ["", "as declared", "one zone"], rows },
  };
}

function zonesOf(facts: unknown): readonly string[] {
  const zones = isObject(facts) && facts["platform"] === "aks" ? facts["zones"] : undefined;
  return Array.isArray(zones) ? zones.map(String) : [];
}

function inOneZone(facts: Facts, zone: string): Facts {
  const store = facts["backupStore"];
  return {
    ...facts,
    zones: [zone],
    volumes: "lrs",
    ...(isObject(store) ? { backupStore: { ...store, redundancy: "lrs" } } : {}),
  };
}
