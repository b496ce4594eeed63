import type { PlannedDrill } from "../result/text.ts";
import type { SiteNames } from "./drill.ts";

const REBUILT =
  "a lost server has to be laid anew with all that the plan puts there, which the lab can't do once it is up";

/** Drills that nobody has written yet, and what they would cause. They are told, so that nobody takes them for passed. */
export function unwrittenDrills({ primary, standby }: SiteNames): readonly PlannedDrill[] {
  return [
    {
      id: "D5",
      title: `Array lost at ${primary}, restored from the local backup`,
      fault: `disk:${primary}/data:3`,
      reason: REBUILT,
    },
    {
      id: "D5",
      title: `All storage lost at ${primary}, restored from the copy`,
      fault: `storage:${primary}`,
      reason: REBUILT,
    },
    {
      id: "D6",
      title: "A bad statement in MongoDB, undone to a point in time",
      fault: "corruption:mongo",
      reason:
        "Percona's backup is a stand-in here that refuses each command: nothing of MongoDB can be restored from a backup",
    },
    {
      id: "D3+D5",
      title: `${standby} down and all storage at ${primary} lost`,
      fault: `site:${standby},storage:${primary}`,
      reason: REBUILT,
    },
  ];
}
