import { at, change } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const zoneRedundantCluster: readonly Mutation[] = [
  {
    rule: "zone-redundant-cluster",
    what: "the system pool takes any pod",
    says: /System pool system takes any pod/,
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
    says: /control plane of azure has tier Free/,
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":ManagedCluster")),
      (inputs) => {
        inputs["sku"].tier = "Free";
      },
    ),
  },
  {
    rule: "zone-redundant-cluster",
    what: "one node alone runs the cluster's own services, in whichever zone",
    says: /System pool system has 1 node at the fewest/,
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":ManagedCluster")),
      ({ agentPoolProfiles }) => {
        agentPoolProfiles[0].count = 1;
      },
    ),
  },
];
