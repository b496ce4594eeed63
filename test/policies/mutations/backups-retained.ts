import { at, change, component } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsRetained: readonly Mutation[] = [
  {
    rule: "backups-retained",
    what: "backups are kept for a week",
    change: change(at("aachen", component("Zone")), ({ backupStore }) => {
      backupStore.retention = 7 * 86_400;
    }),
  },
];
