import type { FaultKind } from "../fault.ts";
import type { Outcome } from "../outcome.ts";

/** Faults of one sort, so that topologies with different sites and servers can be held against each other. */
export const FAULT_CLASSES = [
  "process",
  "disk",
  "server",
  "zone",
  "site",
  "link",
  "storage",
  "provider",
  "corruption",
  "supporting part",
  "time",
  "several at once",
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

const OF_KIND: Readonly<Record<FaultKind, FaultClass>> = {
  process: "process",
  disk: "disk",
  node: "server",
  zone: "zone",
  site: "site",
  link: "link",
  storage: "storage",
  provider: "provider",
  corruption: "corruption",
  dns: "supporting part",
  gateway: "supporting part",
  "control-plane": "supporting part",
  "backup-store": "supporting part",
  clock: "time",
  "certificate-expiry": "time",
};

/** The class of a fault; of one that joins several events, `several at once`. */
export function classOf({ events }: Pick<Outcome, "events">): FaultClass {
  const [first, ...others] = events.flat();
  return first === undefined || others.length > 0 ? "several at once" : OF_KIND[first.kind];
}
