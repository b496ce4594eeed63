import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

const PATCH = "cnpg.io/podPatch";

export const hungPostgres: readonly Mutation[] = [
  {
    rule: "hung-postgres",
    what: "nothing asks the only instance of PostgreSQL",
    says: /the one instance of pg-aachen stays as it is when PostgreSQL hangs: nothing asks it/,
    change: change(at("aachen", object("Cluster", "pg-aachen")), ({ metadata }) => {
      delete metadata.annotations;
    }),
  },
  {
    rule: "hung-postgres",
    what: "the probe asks the instance manager alone",
    says: /when an instance of pg-titan that hangs is noticed is not known/,
    change: change(at("titan", object("Cluster", "pg-titan")), ({ metadata }) => {
      metadata.annotations[PATCH] = metadata.annotations[PATCH].replaceAll("pg_isready", "true");
    }),
  },
];
