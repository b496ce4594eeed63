import { valueOf } from "../fact.ts";
import type { System, VolumeRedundancy } from "../system.ts";
import type { Trail } from "./trail.ts";

/** A zone inside a site. */
export function zoneNotes(system: System, name: string, zone: string, trail: Trail): void {
  const site = system.sites.find((each) => each.name === name);
  if (!site) return;
  const inZone = site.servers.filter((server) => server.zone && valueOf(server.zone) === zone);
  const most = site.mostServers && valueOf(site.mostServers);
  trail.say(
    `zone ${zone} holds ${inZone.length} of the ${site.servers.length} servers that ${name} has at the fewest: ${inZone.map((server) => server.name).join(", ")}`,
    site.urn,
  );
  if (most !== undefined && most > site.servers.length)
    trail.say(
      `the pools of ${name} may grow to ${most} servers; that the provider has machines left in the other zones while one is dead is not promised, so it is not counted on`,
      site.urn,
    );
  for (const { name: storageClass, redundancy, shared, urn } of site.managedStorage ?? []) {
    const kind = trail.read(redundancy, `redundancy of the volumes of ${storageClass}`);
    if (shared) {
      if (kind !== undefined) trail.say(shareNote(storageClass, kind), urn);
      continue;
    }
    if (kind === "lrs")
      trail.say(
        `volumes of ${storageClass} lie in one zone: those of zone ${zone} can be attached nowhere else, and wait for it`,
        urn,
      );
    if (kind === "zrs")
      trail.say(
        `volumes of ${storageClass} have a copy in each of three zones and can be attached in the others, but not while Kubernetes takes them for attached to a dead server, whose pods keep them until they are deleted: the cloud's controller marks it as out of service once its provider says that the machine is off (cloud-provider-azure 1.27 and later, up to ten minutes late), and where it does not say so, a person must (Kubernetes 1.34, Node Shutdowns)`,
        urn,
      );
  }
}

function shareNote(storageClass: string, redundancy: VolumeRedundancy): string {
  switch (redundancy) {
    case "zrs":
      return `shares of ${storageClass} have a copy in each of three zones and are attached to no server: pods in the other zones read and write them on, once the provider has led their address there, for which it names no time (Microsoft Learn, Azure Storage redundancy, 2025)`;
    case "lrs":
      return `shares of ${storageClass} are kept in one zone, and nobody is told in which: if it is the dead one, they wait for it`;
    default: {
      const never: never = redundancy;
      throw new Error(`redundancy ${String(never)}`);
    }
  }
}

/** Everything at once, and for good. */
export function providerNotes(system: System, provider: string, trail: Trail): void {
  const sites = system.sites.filter((site) => site.provider && valueOf(site.provider) === provider);
  const others = system.sites.filter((site) => !sites.includes(site));
  trail.say(
    `what ${provider} runs is gone for good: ${sites.map(({ name }) => name).join(", ")} with machines, volumes, backups and names`,
    ...sites.map(({ urn }) => urn),
  );
  trail.say(
    others.length === 0
      ? `no site is elsewhere: no copy of anything is left outside ${provider}`
      : `what is left lies at ${others.map(({ name }) => name).join(", ")}`,
    ...others.map(({ urn }) => urn),
  );
}

/** On whose word the disks below a provider's volumes may fail. */
export function managedDisks(system: System, name: string, trail: Trail): void {
  for (const { name: storageClass, urn } of system.sites.find((site) => site.name === name)?.managedStorage ?? [])
    trail.say(
      `volumes of ${storageClass} have three copies, and the provider replaces failed disks unnoticed; on its word alone: nobody else can count them (Microsoft Learn, Redundancy options for Azure managed disks, 24 July 2024)`,
      urn,
    );
}

/** What the provider answers for with its control plane. */
export function controlPlaneTier(system: System, name: string, trail: Trail): void {
  const site = system.sites.find((each) => each.name === name);
  if (!site?.controlPlaneTier) return;
  const tier = trail.read(site.controlPlaneTier, `tier of the control plane of ${name}`);
  if (tier === undefined) return;
  trail.say(
    tier === "Free"
      ? `the control plane of ${name} is of tier Free: its provider promises nothing about its availability`
      : `the control plane of ${name} is of tier ${tier}: its provider has a service level agreement on it, which pays money back and repairs nothing`,
    site.urn,
  );
}
