import { at, change, component } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsRetained: readonly Mutation[] = [
  {
    rule: "backups-retained",
    what: "versions are not locked",
    change: change(at("aachen", component("Zone")), ({ backupStore }) => {
      backupStore.lockedFor = 0;
    }),
  },
  {
    rule: "backups-retained",
    what: "nobody says whether the cluster's key can delete backups",
    change: change(at("titan", component("Zone")), ({ backupStore }) => {
      delete backupStore.clusterCanDelete;
    }),
  },
];
