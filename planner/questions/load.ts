import { loadOf } from "../../resilience/capacity/load.ts";
import { REPLICATION_OVERHEAD } from "../../resilience/constants.ts";
import { valueOf } from "../../resilience/fact.ts";
import type { Workload } from "../../resilience/promised.ts";
import type { System } from "../../resilience/system.ts";
import { kilobytes, megabytes } from "../../topologies/units.ts";
import type { Answer } from "./answer.ts";

const MEGABIT = 1_000_000;
const megabits = (bits: number): string => `${(bits / MEGABIT).toFixed(1)} Mbit/s`;

/** N1: what replication sends over the line, from R2. */
export function replicationTraffic({ workload }: System): Answer {
  const question = "How much traffic does replication cause between the sites?";
  if (workload.state !== "known") return { id: "N1", question, sentences: [`unknown: ${workload.why}`] };
  const { users, writesPerUserMinute, bytesPerWrite } = workload.value;
  const { writes, replicationBits } = loadOf(workload.value);
  return {
    id: "N1",
    question,
    sentences: [
      `${megabits(replicationBits)} to each standby: ${users} users with ${writesPerUserMinute} write a minute are ${writes.toFixed(1)} writes/s of ${bytesPerWrite} bytes, ` +
        `times ${REPLICATION_OVERHEAD.value} for the tunnel (${REPLICATION_OVERHEAD.source}).`,
      "How many bytes one write adds is a figure of the config (workload.kilobytesPerWrite), not measured here.",
    ],
  };
}

/** What images do to the sizes of R3: the first page, and each later answer. */
const SIZES: readonly { readonly what: string; readonly change: (workload: Workload) => Partial<Workload> }[] = [
  { what: "as declared", change: () => ({}) },
  { what: "first page 5 MB", change: () => ({ firstPageBytes: megabytes(5) }) },
  { what: "later answers 30 KB (thumbnails)", change: () => ({ laterRequestBytes: kilobytes(30) }) },
  { what: "later answers 300 KB (photographs)", change: () => ({ laterRequestBytes: kilobytes(300) }) },
  { what: "twice the users", change: ({ users }) => ({ users: users * 2 }) },
];

/** N5: R3 with other sizes, against the weakest uplink that must carry all of it once the others are down. */
export function growth({ workload, sites }: System): Answer {
  const question = "What does growth do, once images are stored?";
  if (workload.state !== "known") return { id: "N5", question, sentences: [`unknown: ${workload.why}`] };
  const uplinks = sites.map(({ uplink }) => valueOf(uplink));
  const known = uplinks.filter((uplink) => uplink !== undefined);
  const weakest = known.length === uplinks.length && known.length > 0 ? Math.min(...known) : undefined;
  const rows = SIZES.map(({ what, change }) => {
    const bits = loadOf({ ...workload.value, ...change(workload.value) }).bits;
    const fits = weakest === undefined ? "unknown" : bits <= weakest ? "yes" : "no";
    return [what, megabits(bits), weakest === undefined ? "unknown" : megabits(weakest), fits];
  });
  return {
    id: "N5",
    question,
    sentences: ["The whole peak on one site, as after the loss of the other, against the weakest uplink:"],
    table: { head: ["sizes", "needed", "weakest uplink", "fits"], rows },
  };
}
