import { stackResources } from "../../planner/harness.ts";
import { planTopology } from "../../planner/plan.ts";
import type { ConfigEdit } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import type { StackResources } from "../../resilience/resource.ts";
import { findTopology } from "../../topologies/index.ts";
import type { Happy } from "./mutation.ts";

/**
 * Platforms that break no policy: the program's own plans, with the facts of a site as they would have to be. What the
 * examples in the stack files leave to be wished (one server, an uploads' service of one replica) is changed here.
 */
const PLATFORMS: Readonly<Record<Happy, { readonly topology: string; readonly edit: ConfigEdit }>> = {
  "two-sites": { topology: "master-slave", edit: (_site, values) => values },
  "all-azure": { topology: "all-azure", edit: (_site, values) => lockedBackups(values) },
};

/** What a person does after the first `up` on Azure, which makes the lock of its backups as a trial only. */
function lockedBackups(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const site = JSON.parse(values["holdfast:site"] ?? "{}") as { readonly backupStore?: object };
  return {
    ...values,
    "holdfast:site": JSON.stringify({ ...site, backupStore: { ...site.backupStore, locked: true } }),
  };
}

const planned = new Map<Happy, Promise<readonly StackResources[]>>();

/** The stacks of a good platform, planned once for all tests. */
export function happyStacks(name: Happy): Promise<readonly StackResources[]> {
  const known = planned.get(name);
  if (known) return known;
  const { topology: wanted, edit } = PLATFORMS[name];
  const topology = findTopology(wanted);
  if (!topology) throw new Error(`there is no topology ${wanted}`);
  const stacks = planTopology(readProject(process.cwd()), topology, undefined, edit).then(({ sites }) =>
    sites.map(({ site, result }) => stackResources(result, `plan of ${site}`)),
  );
  planned.set(name, stacks);
  return stacks;
}
