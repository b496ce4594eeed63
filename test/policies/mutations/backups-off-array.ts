import { at, change, component } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsOffArray: readonly Mutation[] = [
  {
    rule: "backups-off-array",
    what: "the backup store lies on the array of the data",
    says: /backup of pg-aachen goes to backup-aachen, which lies on array data on aachen-1/,
    change: change(at("aachen", component("Zone")), ({ backupStore }) => {
      backupStore.array = "data";
    }),
  },
];
