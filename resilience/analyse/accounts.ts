import type { FaultEvent } from "../fault.ts";
import { valueOf } from "../fact.ts";
import type { AccountRedundancy, BackupStore, System } from "../system.ts";
import type { Trail } from "./trail.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/**
 * What is known of the copies in the paired region, and is no promise (Microsoft Learn, Azure Storage redundancy, and
 * Azure storage disaster recovery planning and failover, 2025).
 */
const GEO = {
  lag: "the copies in the paired region are made asynchronously, usually within 15 minutes, for which Microsoft promises nothing",
  failover:
    "they can be read only after a person has failed the account over (az storage account failover), which Azure may refuse where versions are immutable: Microsoft says both (docs/restore.md)",
} as const;

const inPairedRegion = (redundancy: AccountRedundancy | undefined): boolean =>
  redundancy === "grs" || redundancy === "gzrs";
/** In its own region `grs` is kept as `lrs` is: in one zone, and nobody is told which. */
const inOneZone = (redundancy: AccountRedundancy | undefined): boolean => redundancy === "lrs" || redundancy === "grs";

const redundancyOf = ({ redundancy }: BackupStore): AccountRedundancy | undefined => redundancy && valueOf(redundancy);

function accountsAt(system: System, site: string): readonly BackupStore[] {
  return system.backupStores.filter((store) => store.site === site && store.redundancy !== undefined);
}

/**
 * What is broken when all that a provider stores for a site in its region is lost: `store:` (lost), `elsewhere:` (only the
 * copies in the paired region are left), or `store?:` (not known whether), each with the store's name.
 */
export function accountsLost(system: System, site: string): readonly string[] {
  return accountsAt(system, site).map((store) => {
    const redundancy = redundancyOf(store);
    if (redundancy === undefined) return `store?:${store.name}`;
    return `${inPairedRegion(redundancy) ? "elsewhere" : "store"}:${store.name}`;
  });
}

/** Is what an account holds still there, wherever? */
export function accountKept(world: World, store: BackupStore): Tri {
  const { name, urn, redundancy } = store;
  if (world.has(`store:${name}`)) {
    world.trail.say(`${name} lay with the provider and is lost with all that it kept`, urn);
    return "no";
  }
  if (world.has(`store?:${name}`) && redundancy) {
    world.trail.read(redundancy, `redundancy of ${name}`);
    return "unknown";
  }
  if (world.has(`elsewhere:${name}`))
    world.trail.say(`of ${name} the copies in the paired region are left: ${GEO.lag}; ${GEO.failover}`, urn);
  return "yes";
}

/** Does what had not reached the paired region miss from an account? Nothing bounds how much. */
export const isBehind = (world: World, { name }: BackupStore): boolean => world.has(`elsewhere:${name}`);

export const BEHIND = `and what had not reached the paired region is lost too: ${GEO.lag}`;

/** Why nothing was written into an account, if a dead zone may be the one that it is kept in. */
export function zoneStopped(world: World, name: string): string | undefined {
  const store = world.system.backupStores.find((each) => each.name === name);
  if (!store || !inOneZone(redundancyOf(store))) return undefined;
  const isDead = [...world.broken].some((key) => key.startsWith(`zone:${store.site}/`));
  return isDead ? `${name} is kept in one zone, and it may be the dead one` : undefined;
}

/** What a fault means to the backup accounts of a site, beside what it loses. */
export function accountNotes(system: System, event: FaultEvent, trail: Trail): void {
  switch (event.kind) {
    case "zone":
      for (const store of accountsAt(system, event.site)) zoneNote(store, event.zone, trail);
      return;
    case "site":
      for (const store of accountsAt(system, event.site)) regionNote(store, trail);
      return;
    case "provider":
      for (const site of system.sites.filter(({ provider }) => provider && valueOf(provider) === event.provider))
        for (const { name, urn } of accountsAt(system, site.name))
          trail.say(`${name} goes with ${event.provider}, its copies in other regions too`, urn);
      return;
    case "backup-store":
    case "certificate-expiry":
    case "clock":
    case "control-plane":
    case "corruption":
    case "disk":
    case "dns":
    case "gateway":
    case "link":
    case "node":
    case "process":
    case "storage":
      return;
    default: {
      const never: never = event;
      throw new Error(`no notes on accounts for ${JSON.stringify(never)}`);
    }
  }
}

function zoneNote(store: BackupStore, zone: string | undefined, trail: Trail): void {
  if (zone === undefined) return regionNote(store, trail);
  const redundancy = store.redundancy && trail.read(store.redundancy, `redundancy of ${store.name}`);
  if (redundancy === undefined) return;
  trail.say(
    inOneZone(redundancy)
      ? `${store.name} (${redundancy}) is kept in one zone, and nobody is told in which: if it is the dead one, nothing can be written to it or restored from it until the zone is back; nothing in it is lost`
      : `${store.name} (${redundancy}) has a copy in each of three zones: it is written and read on`,
    store.urn,
  );
}

function regionNote(store: BackupStore, trail: Trail): void {
  const redundancy = store.redundancy && trail.read(store.redundancy, `redundancy of ${store.name}`);
  if (redundancy === undefined) return;
  const there = `${store.name} (${redundancy}) lies in the same region: nothing in it is lost, and nothing can be read until the region is back`;
  trail.say(
    inPairedRegion(redundancy) ? `${there}, or from its paired region: ${GEO.lag}; ${GEO.failover}` : there,
    store.urn,
  );
}
