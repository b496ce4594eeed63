import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsOffSite: readonly Mutation[] = [
  {
    rule: "backups-off-site",
    what: "the other site pulls a copy once a month",
    change: change(at("titan", object("CronJob", "backup-copy-aachen")), ({ spec }) => {
      spec.schedule = "30 3 1 * *";
    }),
  },
];
