import type { Observation } from "../../../../lab/drill/observation.ts";
import type { Drill } from "../../../../lab/faults/drill.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import type { Group } from "../../../../lab/load/plan.ts";
import type { Predicting } from "../../../../lab/result/prediction.ts";

export const addresses = new Map([
  ["192.0.2.10", "aachen"],
  ["198.51.100.20", "titan"],
]);
export const addressOf = (site: string): string => [...addresses].find(([, name]) => name === site)?.[0] ?? "";

const groups = new Map<string, Group>();
/** The load keeps one group of each sort. */
export function groupOf(site: string, kind: Group["kind"], service: string, operation: Group["operation"]): Group {
  const key = [site, kind, service, operation].join();
  const group = groups.get(key) ?? { site, kind, service, operation, perSecond: 5, clients: 3 };
  groups.set(key, group);
  return group;
}

export interface Asking {
  readonly from?: string;
  readonly kind?: Group["kind"];
  readonly service?: string;
  readonly operation?: Group["operation"];
  readonly to?: string;
  readonly more?: Partial<Entry>;
}

/** A request that is answered well after 10 ms. A read sees a write that was sent 100 ms before it. */
export function request(start: number, asking: Asking = {}): Entry {
  const { from = "world", kind = "resolver", service = "core", operation = "write", to = "aachen", more = {} } = asking;
  return {
    group: groupOf(from, kind, service, operation),
    client: 0,
    start,
    end: start + 10,
    lag: 0,
    status: 200,
    address: addressOf(to),
    ...(operation === "read"
      ? { newest: { id: "w", sentAt: start - 100 }, by: `pg-${to}` }
      : { id: `w-${start}-${to}` }),
    ...more,
  };
}

/** Requests of all services and operations at both sites, five a second. @param change what becomes of one */
export function load(
  fromSecond: number,
  toSecond: number,
  change: (entry: Entry, asking: Required<Pick<Asking, "to" | "operation" | "service">>) => Entry | undefined = (
    entry,
  ) => entry,
): readonly Entry[] {
  const entries: Entry[] = [];
  for (let start = fromSecond * 1000; start < toSecond * 1000; start += 200)
    for (const to of ["aachen", "titan"])
      for (const service of ["core", "alastair"])
        for (const operation of ["read", "write"] as const) {
          const changed = change(request(start, { to, service, operation }), { to, service, operation });
          if (changed !== undefined) entries.push(changed);
        }
  return entries;
}

export const observed = (entries: readonly Entry[], more: Partial<Observation> = {}): Observation => ({
  entries,
  beganAt: 0,
  faultAt: 10_000,
  healedAt: 40_000,
  endedAt: 60_000,
  addresses,
  ...more,
});

export const drill = (more: Partial<Drill> = {}): Drill => ({
  id: "D4",
  title: "a fault",
  fault: "process:postgres@aachen",
  hold: "recovery",
  cause: () => Promise.resolve({}),
  ...more,
});

const full = { reads: "full", writes: "full" } as const;

/** Aachen's writes fail for 16 s, and nobody else notices. */
export const outcome = (more: Partial<Predicting> = {}): Predicting => ({
  fault: "process:postgres@aachen",
  title: "PostgreSQL at aachen crashes",
  sites: [
    site("aachen", {
      reads: "full",
      writes: "partial",
      unserved: { reads: [], writes: ["alastair", "core"] },
      seconds: 16,
    }),
    site("titan", { ...full, seconds: 0 }),
  ],
  recovery: { mode: "automatic", seconds: 16, stages: [], commands: [] },
  dns: { affectedShare: 0.5, seconds: 8.8, stages: [], settles: true, ...full, reasons: [] },
  dataLoss: [
    { subject: "postgres", seconds: 0, kind: "none", restoredFrom: null, reasons: [] },
    { subject: "mongo", seconds: 0, kind: "none", restoredFrom: null, reasons: [] },
  ],
  splitBrain: { possible: "no", why: "", urns: [] },
  ...more,
});

type Transition = Predicting["sites"][number]["transition"];

export const site = (
  name: string,
  { stages = [], unserved: meanwhile, ...transition }: Partial<Transition> & Omit<Transition, "stages" | "unserved">,
  settled: Pick<Predicting["sites"][number], "reads" | "writes"> = full,
  unserved: Predicting["sites"][number]["unserved"] = { reads: [], writes: [] },
): Predicting["sites"][number] => ({
  site: name,
  ...settled,
  unserved,
  transition: { ...transition, unserved: meanwhile ?? unserved, stages },
  signIn: "works",
  sessionsEndAfter: null,
  reasons: [],
});

export const stage = (
  name: string,
  seconds: number,
  governedBy: Predicting["recovery"]["stages"][number]["governedBy"],
): Predicting["recovery"]["stages"][number] => ({ name, seconds, from: name, urns: [], governedBy });
