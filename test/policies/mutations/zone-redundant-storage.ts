import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const zoneRedundantStorage: readonly Mutation[] = [
  {
    rule: "zone-redundant-storage",
    what: "volumes are locally redundant",
    says: /volumes of pg-azure lie on storage class holdfast-zrs, which is locally redundant/,
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
    says: /public address of azure is held in 1 zone/,
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":PublicIPAddress")),
      (inputs) => {
        inputs["zones"] = ["1"];
      },
    ),
  },
  {
    rule: "zone-redundant-storage",
    what: "the public address is a Basic one",
    says: /is no Standard one/,
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":PublicIPAddress")),
      (inputs) => {
        inputs["sku"].name = "Basic";
      },
    ),
  },
  {
    rule: "zone-redundant-storage",
    what: "the proxy answers at an address that nobody declared",
    says: /Service proxy names no public address of this stack/,
    from: "all-azure",
    change: change(at("azure", object("Service", "proxy", "platform")), ({ metadata }) => {
      delete metadata.annotations;
    }),
  },
];
