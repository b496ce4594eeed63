import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const pointInTime: readonly Mutation[] = [
  {
    rule: "point-in-time",
    what: "the log is archived once an hour",
    says: /a write to pg-aachen may stay out of the archive for 1 h/,
    change: change(at("aachen", object("Cluster", "pg-aachen")), ({ spec }) => {
      spec.postgresql.parameters.archive_timeout = "1h";
    }),
  },
  {
    rule: "point-in-time",
    what: "after a start nobody looks for five minutes whether a segment is due",
    says: /a write to pg-aachen may stay out of the archive for 5 min/,
    change: change(at("aachen", object("Cluster", "pg-aachen")), ({ spec }) => {
      delete spec.postgresql.parameters.checkpoint_timeout;
    }),
  },
  {
    rule: "point-in-time",
    what: "nothing ends a segment that is not full",
    says: /nothing ends how long a write to pg-aachen stays out/,
    change: change(at("aachen", object("Cluster", "pg-aachen")), ({ spec }) => {
      spec.postgresql.parameters.archive_timeout = 0;
    }),
  },
];
