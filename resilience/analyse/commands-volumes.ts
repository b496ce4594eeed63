import { valueOf } from "../fact.ts";
import type { SiteOutcome } from "../outcome.ts";
import type { Site } from "../system.ts";
import { isWorse } from "./levels.ts";
import type { Levels } from "./levels.ts";
import type { World } from "./world.ts";

/**
 * What frees volumes that could be attached in another zone and are not, since Kubernetes takes them for attached to a
 * server that does not answer. Nothing to type where no service is missing, where a dead zone's volumes lie in it alone,
 * or where nothing is left to attach them to.
 */
export function freedVolumes(
  end: World,
  sites: readonly SiteOutcome[],
  normal: ReadonlyMap<string, Levels>,
): readonly string[] {
  const isMissed = sites.some((outcome) => {
    const usual = normal.get(outcome.site);
    return usual !== undefined && (isWorse(outcome.reads, usual.reads) || isWorse(outcome.writes, usual.writes));
  });
  if (!isMissed) return [];
  return end.system.sites.flatMap((site) => {
    const zones = [...end.broken]
      .filter((key) => key.startsWith(`zone:${site.name}/`))
      .map((key) => key.slice(`zone:${site.name}/`.length))
      .sort();
    const canMove = (site.managedStorage ?? []).some(({ redundancy }) => valueOf(redundancy) === "zrs");
    if (zones.length === 0 || !canMove || end.serversUp(site).length === 0) return [];
    return [
      `ask the provider of ${site.name} whether the machines of zone ${zones.join(" and ")} are off, and switch them off if not: two servers that write to one volume destroy it`,
      ...zones.map((zone) => `${taint(site, zone)}:NoExecute`),
      ...zones.map((zone) => `when zone ${zone} is back: ${taint(site, zone)}:NoExecute-`),
    ];
  });
}

/** AKS labels its nodes `<region>-<zone>` (Microsoft Learn, AKS availability zones, 2025). */
function taint(site: Site, zone: string): string {
  const region = (site.region && valueOf(site.region)) ?? "REGION";
  return `kubectl --context ${site.name} taint nodes -l topology.kubernetes.io/zone=${region}-${zone} node.kubernetes.io/out-of-service=nodeshutdown`;
}
