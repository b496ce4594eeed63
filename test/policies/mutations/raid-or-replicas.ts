import { at, change, component } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const raidOrReplicas: readonly Mutation[] = [
  {
    rule: "raid-or-replicas",
    what: "the array of the primary's only server has no redundancy",
    says: /pg-aachen lies on data on aachen-1 \(raid0 of 6\), which survives 0 failed disks/,
    change: change(at("aachen", component("Zone")), ({ servers }) => {
      servers[0].arrays[0].level = "raid0";
    }),
  },
  {
    rule: "raid-or-replicas",
    what: "nobody declares the level of that array",
    says: /the level of array data on aachen-1 is not known/,
    change: change(at("aachen", component("Zone")), ({ servers }) => {
      delete servers[0].arrays[0].level;
    }),
  },
];
