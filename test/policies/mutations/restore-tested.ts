import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const restoreTested: readonly Mutation[] = [
  {
    rule: "restore-tested",
    what: "the restore test of MongoDB is suspended",
    says: /no restore of MongoDB \(platform\) is ever tried/,
    change: change(at("aachen", object("CronJob", "restore-test-mongo")), ({ spec }) => {
      spec.suspend = true;
    }),
  },
];
