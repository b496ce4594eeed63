import { valueOf } from "../resilience/fact.ts";
import type { BackupStore, System } from "../resilience/system.ts";
import { backupsOf } from "./data.ts";
import type { Data } from "./data.ts";

/** A store that holds the data, and by which copies it came there: the longest time between two runs of one of them. */
export interface Held {
  readonly store: BackupStore;
  /** Undefined: not known. 0: no copy was needed. */
  readonly gap: number | undefined;
  readonly urn: string;
}

/** Stores that the data's backups are written to, and those that copy from them, one after the other. */
export function holdersOf(system: System, data: Data): readonly Held[] {
  const storeOf = (name: string | undefined) => system.backupStores.find((store) => store.name === name);
  const found = new Map<string, Held>();
  for (const { to, urn } of backupsOf(system, data, ["base", "files"])) {
    const store = storeOf(valueOf(to));
    if (store) found.set(store.name, { store, gap: 0, urn });
  }
  // A map goes on to what is added while it is walked: copies of copies come after those that they copy.
  for (const { store: origin, gap } of found.values()) {
    for (const copy of system.backups.filter(({ kind, from }) => kind === "copy" && valueOf(from) === origin.name)) {
      const store = storeOf(valueOf(copy.to));
      if (!store || found.has(store.name)) continue;
      const own = valueOf(copy.interval);
      found.set(store.name, {
        store,
        gap: own === undefined || gap === undefined ? undefined : Math.max(own, gap),
        urn: copy.urn,
      });
    }
  }
  return [...found.values()];
}

/** Stores that some backup of the given sites is written to, as far as their own stacks were read. */
export function storesUsed(system: System): readonly BackupStore[] {
  const targets = new Set(system.backups.map(({ to }) => valueOf(to)));
  return system.backupStores.filter(({ name }) => targets.has(name));
}
