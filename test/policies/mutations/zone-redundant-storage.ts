import { at, change } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const zoneRedundantStorage: readonly Mutation[] = [
  {
    rule: "zone-redundant-storage",
    what: "volumes are locally redundant",
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":StorageClass")),
      ({ parameters }) => {
        parameters.skuName = "Premium_LRS";
      },
    ),
  },
  {
    rule: "zone-redundant-storage",
    what: "the public address is held in one zone",
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":PublicIPAddress")),
      (inputs) => {
        inputs["zones"] = ["1"];
      },
    ),
  },
];
