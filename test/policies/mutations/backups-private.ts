import { at, change } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsPrivate: readonly Mutation[] = [
  {
    rule: "backups-private",
    what: "the account lets its containers be opened",
    says: /Account zone-backup-account lets containers be opened/,
    from: "all-azure",
    change: change(
      at("azure", ({ name }) => name === "zone-backup-account"),
      (inputs) => {
        inputs["allowBlobPublicAccess"] = true;
      },
    ),
  },
  {
    rule: "backups-private",
    what: "a container's blobs are open to anybody",
    says: /Container zone-backup-container has publicAccess Blob/,
    from: "all-azure",
    change: change(
      at("azure", ({ name }) => name === "zone-backup-container"),
      (inputs) => {
        inputs["publicAccess"] = "Blob";
      },
    ),
  },
];
