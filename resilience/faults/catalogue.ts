import { toleratedDisks } from "../../topologies/levels.ts";
import { valueOf } from "../fact.ts";
import type { Fault, FaultEvent } from "../fault.ts";
import type { Site, System } from "../system.ts";
import { makeFault } from "./format.ts";
import { parseFault } from "./parse.ts";
import { targetsOf } from "./targets.ts";
import type { Targets } from "./targets.ts";

/** Disks that fail at once anywhere in a site: R4 promises three. */
const DISKS_PER_SITE = 3;

/**
 * Every primitive event on every target that the system has, the faults of the claims, and the combinations that tell
 * most. Claims whose fault names what the system does not have are left out here; `judgeClaims` reports them.
 */
export function catalogue(system: System): readonly Fault[] {
  const targets = targetsOf(system);
  const faults = [
    ...single(system, targets).map((event) => makeFault([[event]])),
    ...claimed(system),
    ...zonesWithMore(targets),
    ...combined(system, targets),
  ];
  const byExpression = new Map(faults.map((fault) => [fault.expression, fault]));
  return [...byExpression.values()];
}

function single(system: System, targets: Targets): readonly FaultEvent[] {
  const certificates = system.certificates.flatMap(({ purpose, site }): FaultEvent[] => [
    { kind: "certificate-expiry", purpose, site },
    ...(system.certificates.filter((other) => other.purpose === purpose).length > 1
      ? [{ kind: "certificate-expiry" as const, purpose }]
      : []),
  ]);
  return [
    ...targets.sites.flatMap((site): FaultEvent[] => [
      { kind: "site", site },
      ...zoneFaults(targets, site),
      { kind: "storage", site },
      { kind: "control-plane", site },
    ]),
    ...targets.providers.map((provider): FaultEvent => ({ kind: "provider", provider })),
    ...targets.servers.map((server): FaultEvent => ({ kind: "node", server })),
    ...targets.links.flatMap(([a, b]): FaultEvent[] => [
      { kind: "link", from: a, to: b, oneWay: false },
      { kind: "link", from: a, to: b, oneWay: true },
      { kind: "link", from: b, to: a, oneWay: true },
    ]),
    ...system.sites.flatMap(diskFaults),
    ...targets.processes.map((target) => processFault(target, false)),
    ...targets.databases.map((target) => processFault(target, true)),
    ...targets.subjects.map((subject): FaultEvent => ({ kind: "corruption", subject })),
    ...targets.nameServers.map((site): FaultEvent => ({ kind: "dns", site })),
    ...targets.backupStores.map((site): FaultEvent => ({ kind: "backup-store", site })),
    ...targets.clocks.map((site): FaultEvent => ({ kind: "clock", site })),
    ...targets.gateways.map((site): FaultEvent => ({ kind: "gateway", site })),
    ...certificates,
  ];
}

/** Where a site has zones inside, its only zone is the site itself, which is a fault of its own. */
function zoneFaults(targets: Targets, site: string): readonly FaultEvent[] {
  const inside = targets.zones.filter((zone) => zone.startsWith(`${site}/`));
  if (inside.length === 0) return [{ kind: "zone", site }];
  return inside.map((zone) => ({ kind: "zone", site, zone: zone.slice(site.length + 1) }));
}

/** What a zone leaves is hit again: the primary database crashes when its standbys may be gone, or another zone follows. */
function zonesWithMore(targets: Targets): readonly Fault[] {
  return targets.sites.flatMap((site) => {
    const zones = zoneFaults(targets, site).filter((event) => event.kind === "zone" && event.zone !== undefined);
    const [first, second] = zones;
    if (!first) return [];
    const steps: FaultEvent[][][] = [
      ...(targets.processes.includes(`postgres@${site}`) ? [[[first, processFault(`postgres@${site}`, false)]]] : []),
      ...(second ? [[[first], [second]]] : []),
      [[{ kind: "control-plane", site }], [first]],
    ];
    return steps.map(makeFault);
  });
}

function diskFaults(site: Site): readonly FaultEvent[] {
  const arrays = [...new Set(site.servers.flatMap(({ arrays }) => arrays.map(({ name }) => name)))];
  const perArray = arrays.flatMap((array) => {
    const last = Math.max(
      ...site.servers.flatMap((server) => server.arrays.filter(({ name }) => name === array).map(disksToLose)),
    );
    return upTo(last).map((count): FaultEvent => ({ kind: "disk", site: site.name, array, count }));
  });
  return [...upTo(DISKS_PER_SITE).map((count): FaultEvent => ({ kind: "disk", site: site.name, count })), ...perArray];
}

/** One more than the array survives; where its level is unknown or it has no disks to lose, one. */
function disksToLose(array: Site["servers"][number]["arrays"][number]): number {
  const level = valueOf(array.level);
  const disks = valueOf(array.disks);
  if (level === undefined || disks === undefined) return 1;
  const tolerated = toleratedDisks(level, disks);
  return Number.isFinite(tolerated) ? tolerated + 1 : 1;
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

function processFault(target: string, hang: boolean): FaultEvent {
  const [process = "", site = ""] = target.split("@");
  return { kind: "process", process, site, hang };
}

function claimed(system: System): readonly Fault[] {
  return (valueOf(system.promises)?.claims ?? []).flatMap(({ fault }) => {
    try {
      return [parseFault(fault, system)];
    } catch {
      return [];
    }
  });
}

/** What one fault hides from the next: a lost copy before the lost original, a cut before a loss, two at the same time. */
function combined(system: System, targets: Targets): readonly Fault[] {
  const writable = system.postgres.filter(({ replica }) => valueOf(replica) === false).map(({ site }) => site);
  return targets.links.flatMap(([a, b]) => {
    const cut: FaultEvent = { kind: "link", from: a, to: b, oneWay: false };
    return [
      [a, b],
      [b, a],
    ].flatMap(([primary = "", other = ""]) => {
      if (!writable.includes(primary)) return [];
      const storage: FaultEvent = { kind: "storage", site: primary };
      const steps: FaultEvent[][][] = [
        [[{ kind: "disk", site: other, count: 1 }], [storage]],
        [[cut], [storage]],
        [[{ kind: "storage", site: other }, storage]],
        [[{ kind: "site", site: other }, cut]],
        [[{ kind: "site", site: other }], [{ kind: "site", site: primary }]],
        ...(targets.backupStores.includes(primary)
          ? [[[{ kind: "backup-store" as const, site: primary }], [storage]]]
          : []),
        ...(targets.processes.includes(`postgres@${primary}`)
          ? [[[cut, processFault(`postgres@${primary}`, false)]]]
          : []),
        ...(targets.subjects.includes("postgres")
          ? [[[{ kind: "corruption" as const, subject: "postgres" }], [storage]]]
          : []),
        [
          [{ kind: "control-plane", site: primary }],
          [{ kind: "node", server: system.sites.find(({ name }) => name === primary)?.servers[0]?.name ?? "" }],
        ],
      ];
      return steps.map(makeFault);
    });
  });
}
