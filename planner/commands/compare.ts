import { InputError } from "../../config/problem.ts";
import { MEASURE } from "../../resilience/compare/availability.ts";
import { comparisonOf } from "../comparison.ts";
import type { Candidate } from "../comparison.ts";
import { comparisonMarkdown, comparisonText } from "../comparison-text.ts";
import { exitCodes } from "../errors.ts";
import { stackResources } from "../harness.ts";
import { judge } from "../judge.ts";
import { checkConfigs, planTopology, topologiesNamed } from "../plan.ts";
import { countConfiguration, writtenConfig } from "../questions/database-config.ts";
import { readProject } from "../stack-files.ts";

export interface CompareOptions {
  readonly project: string;
  /** Print the comparison as JSON. */
  readonly json: boolean;
  /** Print it as Markdown. */
  readonly markdown: boolean;
}

/** `holdfast compare`: topologies side by side, as the document's pros and cons do, but computed. */
export async function compare(
  names: readonly string[],
  { project: directory, json, markdown }: CompareOptions,
): Promise<number> {
  const topologies = topologiesNamed(names);
  if (names.length === 0 || topologies.length < 2)
    refuse("holdfast compare", "two topologies or more", names.join(" "), "name another one");
  if (json && markdown) refuse("--json --markdown", "one of the two", "both", "leave one out");
  const project = readProject(directory);
  checkConfigs(project, topologies);
  const candidates: Candidate[] = [];
  for (const topology of topologies) {
    const { sites } = await planTopology(project, topology);
    const results = sites.map(({ result }) => result);
    const written = writtenConfig(
      project,
      sites.map(({ site }) => site),
    );
    candidates.push({
      topology,
      judgement: judge(results.map((result) => stackResources(result))),
      configuration: countConfiguration(results, written),
    });
  }
  const columns = comparisonOf(candidates);
  const text = json
    ? JSON.stringify({ measure: MEASURE, topologies: columns }, null, 2)
    : markdown
      ? comparisonMarkdown(columns)
      : comparisonText(columns);
  process.stdout.write(`${text}\n`);
  return exitCodes.kept;
}

function refuse(offender: string, rule: string, value: string, fix: string): never {
  throw new InputError("Command line", [{ offender, rule, value, fix }]);
}
