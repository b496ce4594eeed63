import { valueOf } from "../fact.ts";
import type { SiteOutcome } from "../outcome.ts";
import type { Site } from "../system.ts";
import { isDegraded } from "./levels.ts";
import type { Levels } from "./levels.ts";
import type { World } from "./world.ts";

/**
 * What frees volumes that could be attached in another zone and are not, since Kubernetes takes them for attached to a
 * server that does not answer. Nothing to type where no service is missing, where a dead zone's volumes lie in it alone,
 * or where nothing is left to attach them to.
 *
 * A pod on a dead server stays in the API, being deleted, until the server answers again or is marked as out of service;
 * only six minutes after the pod is gone from there does Kubernetes detach its volumes by force (Kubernetes, Node Shutdowns;
 * kube-controller-manager, ReconcilerMaxWaitForUnmountDuration and DetermineVolumeAction). By itself that helps nobody here.
 */
export function freedVolumes(
  end: World,
  sites: readonly SiteOutcome[],
  normal: ReadonlyMap<string, Levels>,
): readonly string[] {
  if (!isDegraded(sites, normal)) return [];
  return end.system.sites.flatMap((site) => {
    const zones = [...end.broken]
      .filter((key) => key.startsWith(`zone:${site.name}/`))
      .map((key) => key.slice(`zone:${site.name}/`.length))
      .sort();
    const canMove = (site.managedStorage ?? []).some(
      ({ redundancy, shared }) => !shared && valueOf(redundancy) === "zrs",
    );
    if (zones.length === 0 || !canMove || end.serversUp(site).length === 0) return [];
    return [
      `ask the provider of ${site.name} whether the machines of zone ${zones.join(" and ")} are off, and switch them off if not: two servers that write to one volume destroy it`,
      ...zones.map((zone) => `${taint(site, zone)}:NoExecute`),
      ...zones.map((zone) => `when zone ${zone} is back: ${taint(site, zone)}:NoExecute-`),
    ];
  });
}

/**
 * A server that no provider repairs comes back by nobody but a person, and what keeps its files on its disks waits for it while the
 * others go on. Where no other is left, another site takes over (`promotions`).
 */
export function returnedServers(
  end: World,
  sites: readonly SiteOutcome[],
  normal: ReadonlyMap<string, Levels>,
): readonly string[] {
  if (!isDegraded(sites, normal)) return [];
  return end.system.sites
    .filter((site) => valueOf(site.platform) !== "aks" && end.serversUp(site).length > 0)
    .flatMap((site) =>
      site.servers
        .filter(({ name }) => end.has(`server:${name}`))
        .map(({ name }) => `bring ${name} back: what keeps its data on its disks runs nowhere else at ${site.name}`),
    );
}

/** AKS labels its nodes `<region>-<zone>` (Microsoft Learn, Zone resiliency recommendations for AKS, 5 June 2026). */
function taint(site: Site, zone: string): string {
  const region = (site.region && valueOf(site.region)) ?? "REGION";
  return `kubectl --context ${site.name} taint nodes -l topology.kubernetes.io/zone=${region}-${zone} node.kubernetes.io/out-of-service=nodeshutdown`;
}
