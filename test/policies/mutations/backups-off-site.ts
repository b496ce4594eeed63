import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const backupsOffSite: readonly Mutation[] = [
  {
    rule: "backups-off-site",
    what: "the other site pulls a copy once a month",
    says: /backups of pg-aachen are copied to backup-titan only every 4\.4 weeks/,
    change: change(at("titan", object("CronJob", "backup-copy-aachen")), ({ spec }) => {
      spec.schedule = "30 3 1 * *";
    }),
  },
];
