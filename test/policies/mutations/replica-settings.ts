import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const replicaSettings: readonly Mutation[] = [
  {
    rule: "replica-settings",
    what: "what the primary would follow after a demotion is not declared",
    says: /source pg-elsewhere of pg-aachen is none of its externalClusters/,
    change: change(at("aachen", object("Cluster", "pg-aachen")), ({ spec }) => {
      spec.replica.source = "pg-elsewhere";
    }),
  },
];
