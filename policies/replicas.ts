import { valueOf } from "../resilience/fact.ts";
import type { System } from "../resilience/system.ts";
import type { Data } from "./data.ts";
import { domainsOf } from "./places.ts";
import { memberGroups, podGroups } from "./pod-groups.ts";
import { objectsOf } from "./objects.ts";
import type { PodGroup } from "./pod-groups.ts";
import type { StackView } from "./rule.ts";
import { HOSTNAME, fewestDomains, ZONE } from "./spread.ts";

/** In how many domains of a label the pods of a group are, in the worst case that its constraints allow. */
export function domainsHeld(system: System, group: PodGroup, topologyKey: string): number {
  const site = system.sites.find(({ name }) => name === group.site);
  const pods = valueOf(group.pods);
  const domains = site && valueOf(domainsOf(site, topologyKey));
  if (pods === undefined || domains === undefined) return 1;
  const over = (valueOf(group.constraints) ?? []).filter((one) => one.topologyKey === topologyKey);
  return Math.max(1, ...over.map((constraint) => fewestDomains(constraint, pods, domains)));
}

/** Is a replica of some data, at its own site, sure to be on another server than the one that takes the writes? */
export function hasReplicaBeside(view: StackView, data: Data): boolean {
  const group = groupOf(view, data);
  return group !== undefined && [HOSTNAME, ZONE].some((key) => domainsHeld(view.system, group, key) > 1);
}

export function groupOf(view: StackView, data: Data): PodGroup | undefined {
  switch (data.kind) {
    case "postgres":
      return podGroups(view).find(({ urn }) => urn === data.urn);
    case "mongo":
      return view.system.mongo
        .filter(({ name }) => data.names.includes(name))
        .flatMap((set) => memberGroups(objectsOf(view), set))
        .find(({ site }) => site === data.site);
    case "uploads":
      return undefined;
    default: {
      const never: never = data.kind;
      throw new Error(`data of kind ${String(never)}`);
    }
  }
}
