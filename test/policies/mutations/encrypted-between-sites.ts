import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const encryptedBetweenSites: readonly Mutation[] = [
  {
    rule: "encrypted-between-sites",
    what: "the standby streams from a server that it does not verify",
    change: change(at("titan", object("Cluster", "pg-titan")), ({ spec }) => {
      for (const external of spec.externalClusters) external.connectionParameters.sslmode = "require";
    }),
  },
  {
    rule: "encrypted-between-sites",
    what: "a peer of the tunnel has no key",
    change: change(at("aachen", object("ConfigMap", "gateway")), ({ data }) => {
      data["wg0.conf"] = data["wg0.conf"].replace(/^PublicKey = .*$/m, "");
    }),
  },
];
