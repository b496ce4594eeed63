import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const oneWritablePostgres: readonly Mutation[] = [
  {
    rule: "one-writable-postgres",
    what: "the primary was demoted, and nobody was promoted in its place",
    says: /no cluster takes writes/,
    change: change(at("aachen", object("Cluster", "pg-aachen")), ({ spec }) => {
      spec.replica.primary = "pg-titan";
    }),
  },
];
