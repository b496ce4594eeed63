import type { PlannedDrill } from "../result/text.ts";

/** Drills that nobody has written yet, and what they would cause. They are told, so that nobody takes them for passed. */
export function unwrittenDrills(): readonly PlannedDrill[] {
  return [
    {
      id: "D6",
      title: "A bad statement in MongoDB, undone to a point in time",
      fault: "corruption:mongo",
      reason:
        "Percona's backup is a stand-in here that refuses each command: nothing of MongoDB can be restored from a backup",
    },
  ];
}
