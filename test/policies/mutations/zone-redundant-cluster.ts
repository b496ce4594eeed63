import { at, change } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const zoneRedundantCluster: readonly Mutation[] = [
  {
    rule: "zone-redundant-cluster",
    what: "the system pool takes any pod",
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":ManagedCluster")),
      ({ agentPoolProfiles }) => {
        agentPoolProfiles[0].nodeTaints = [];
      },
    ),
  },
  {
    rule: "zone-redundant-cluster",
    what: "the control plane has no service level",
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":ManagedCluster")),
      (inputs) => {
        inputs["sku"].tier = "Free";
      },
    ),
  },
];
