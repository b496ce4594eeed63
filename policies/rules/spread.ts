import { counted, Findings } from "../findings.ts";
import { domainsOf, siteOf, zonesOf } from "../places.ts";
import { podGroups } from "../pod-groups.ts";
import type { PodGroup } from "../pod-groups.ts";
import type { StackRule, StackView } from "../rule.ts";
import { fewestDomains, HOSTNAME, mostPlaced, ZONE } from "../spread.ts";
import type { Constraint } from "../spread.ts";

const FIX = "Give the pods a topologySpreadConstraint with maxSkew 1 and DoNotSchedule that selects them";

export const spread: StackRule = {
  name: "spread",
  kind: "stack",
  what: "Pods that stand in for each other are spread over the zones, or over the servers of a single zone, and all of them find a place.",
  ids: ["R5", "R7", "R8", "S2.3"],
  why: "Replicas that end up together are lost together; a rule that is too strict leaves one of them pending for ever.",
  fix: `${FIX}; keep anti-affinity that must hold for at most as many pods as there are domains.`,
  level: "mandatory",
  subject: "a workload with several replicas",
  evaluate(view) {
    const findings = new Findings();
    for (const group of severalOf(view)) {
      findings.subject();
      judge(view, group, findings);
    }
    return findings.verdict();
  },
};

/** Those that have several pods, or of which it is not known. */
function severalOf(view: StackView): readonly PodGroup[] {
  return podGroups(view).filter(({ pods }) => pods.state !== "known" || pods.value > 1);
}

function judge(view: StackView, group: PodGroup, findings: Findings): void {
  const { label, urn } = group;
  const pods = findings.read(group.pods, `the number of pods of ${label}`, urn, "Declare it");
  const constraints = findings.read(group.constraints, `what spreads ${label}`, urn, "Declare it in plain values");
  const site = siteOf(view.system, group.site);
  if (!site) return findings.add(urn, `${label} runs at no site that was read. Declare its Zone.`);
  const zones = findings.read(zonesOf(site), `the zones of ${site.name}`, site.urn, "Declare them");
  if (pods === undefined || constraints === undefined || zones === undefined) return;
  const key = zones.length > 1 ? ZONE : HOSTNAME;
  const domains = findings.read(
    domainsOf(site, key),
    `how many domains of ${key} ${site.name} has`,
    site.urn,
    "Declare the servers of the site",
  );
  if (domains === undefined) return;
  const over = constraints.filter(({ topologyKey }) => topologyKey === key);
  const held = Math.max(1, ...over.map((constraint) => fewestDomains(constraint, pods, domains)));
  if (over.length === 0)
    findings.add(urn, `nothing spreads the ${pods} pods of ${label} over ${key}: all may run together. ${FIX}.`);
  else if (domains > 1 && held < 2)
    findings.add(
      urn,
      `the ${pods} pods of ${label} may all run in one of ${domains} domains of ${key}: ${weakness(over)}. ${FIX}.`,
    );
  for (const constraint of constraints.filter(({ hard }) => hard)) tooStrict(view, group, constraint, pods, findings);
}

function weakness(over: readonly Constraint[]): string {
  const hard = over.find((one) => one.hard);
  return hard
    ? `a maxSkew of ${hard.maxSkew} allows it`
    : "the constraint is a wish that the scheduler may leave unfulfilled";
}

/** Do all pods find a place, and the one more that an update starts first? */
function tooStrict(view: StackView, group: PodGroup, constraint: Constraint, pods: number, findings: Findings): void {
  const site = siteOf(view.system, group.site);
  if (!site) return;
  const { topologyKey, byVersion } = constraint;
  const domains = findings.read(
    domainsOf(site, topologyKey),
    `how many domains of ${topologyKey} ${site.name} has, which ${group.label} must be spread over`,
    group.urn,
    "Spread over a label that the site's nodes are declared to have",
  );
  if (domains === undefined) return;
  const places = mostPlaced(constraint, domains);
  const needed = pods + (group.surges && !byVersion ? 1 : 0);
  if (places >= needed) return;
  const during =
    needed > pods && places >= pods ? " while it is updated (an old pod stays until the new one is ready)" : "";
  findings.add(
    group.urn,
    `${group.label} needs ${counted(needed, "place")}${during}, and its ${constraint.kind} over ${topologyKey} leaves ${places} in ${counted(domains, "domain")} of ${site.name}: what is over stays pending. Ask for fewer pods, or let the constraint allow more than one pod in a domain.`,
  );
}
