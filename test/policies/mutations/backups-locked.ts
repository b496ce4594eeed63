import { at, change, component } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsLocked: readonly Mutation[] = [
  {
    rule: "backups-locked",
    what: "versions are not locked",
    says: /backup-aachen locks no version/,
    change: change(at("aachen", component("Zone")), ({ backupStore }) => {
      backupStore.lockedFor = 0;
    }),
  },
  {
    rule: "backups-locked",
    what: "nobody says whether the cluster's key can delete backups",
    says: /delete versions in backup-titan is not known/,
    change: change(at("titan", component("Zone")), ({ backupStore }) => {
      delete backupStore.clusterCanDelete;
    }),
  },
  {
    rule: "backups-locked",
    what: "the account's policy is a trial that its owner may end",
    says: /backup-azure locks no version/,
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":StorageAccount")),
      ({ immutableStorageWithVersioning: { immutabilityPolicy } }) => {
        immutabilityPolicy.state = "Unlocked";
      },
    ),
  },
];
