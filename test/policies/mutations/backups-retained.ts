import { at, change, component, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsRetained: readonly Mutation[] = [
  {
    rule: "backups-retained",
    what: "backups are kept for a week",
    says: /backup-aachen keeps backups for 7 d/,
    change: change(at("aachen", component("Zone")), ({ backupStore }) => {
      backupStore.retention = 7 * 86_400;
    }),
  },
  {
    rule: "backups-retained",
    what: "barman clears up after a week, whatever the store is said to keep",
    says: /barman deletes backups after 7d/,
    change: change(at("aachen", object("ObjectStore", "pg-aachen")), ({ spec }) => {
      spec.retentionPolicy = "7d";
    }),
  },
  {
    rule: "backups-retained",
    what: "the account's lifecycle takes old versions after a week",
    says: /old-versions of the account deletes backups after 7 d/,
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":ManagementPolicy")),
      ({ policy }) => {
        policy.rules[0].definition.actions.version.delete.daysAfterCreationGreaterThan = 7;
      },
    ),
  },
];
