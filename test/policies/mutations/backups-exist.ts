import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsExist: readonly Mutation[] = [
  {
    rule: "backups-exist",
    what: "base backups run weekly",
    says: /base backup of pg-aachen runs only every 1 week/,
    change: change(at("aachen", object("ScheduledBackup", "pg-aachen")), ({ spec }) => {
      spec.schedule = "0 15 2 * * 0";
    }),
  },
];
