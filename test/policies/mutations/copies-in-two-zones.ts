import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const copiesInTwoZones: readonly Mutation[] = [
  {
    rule: "copies-in-two-zones",
    what: "the standby streams from itself instead of from the primary's site",
    says: /PostgreSQL \(pg-aachen\) is sure to have copies in 1 zone only/,
    change: change(at("titan", object("Cluster", "pg-titan")), ({ spec }) => {
      for (const external of spec.externalClusters) external.connectionParameters.host = "pg-titan";
    }),
  },
];
