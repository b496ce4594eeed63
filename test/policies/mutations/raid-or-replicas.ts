import { at, change, component } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const raidOrReplicas: readonly Mutation[] = [
  {
    rule: "raid-or-replicas",
    what: "the array of the primary's only server has no redundancy",
    change: change(at("aachen", component("Zone")), ({ servers }) => {
      servers[0].arrays[0].level = "raid0";
    }),
  },
  {
    rule: "raid-or-replicas",
    what: "nobody declares the level of that array",
    change: change(at("aachen", component("Zone")), ({ servers }) => {
      delete servers[0].arrays[0].level;
    }),
  },
];
