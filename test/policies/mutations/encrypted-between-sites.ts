import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const encryptedBetweenSites: readonly Mutation[] = [
  {
    rule: "encrypted-between-sites",
    what: "the standby streams from a server that it does not verify",
    says: /pg-titan streams from pg-aachen with sslmode require/,
    change: change(at("titan", object("Cluster", "pg-titan")), ({ spec }) => {
      for (const external of spec.externalClusters) external.connectionParameters.sslmode = "require";
    }),
  },
  {
    rule: "encrypted-between-sites",
    what: "a peer of the tunnel has no key",
    says: /Peer overlay\.titan\S+ of the tunnel has no public key/,
    change: change(at("aachen", object("ConfigMap", "gateway")), ({ data }) => {
      data["wg0.conf"] = data["wg0.conf"].replace(/^PublicKey = .*$/m, "");
    }),
  },
  {
    rule: "encrypted-between-sites",
    what: "the standby's proxy sends writes to the other site's public name",
    says: /sends requests by proxy-aachen to proxy\.aachen\.example\.org, past the tunnel/,
    change: change(at("titan", object("Service", "proxy-aachen", "platform")), ({ spec }) => {
      spec.externalName = "proxy.aachen.example.org";
    }),
  },
  {
    rule: "encrypted-between-sites",
    what: "a job fetches backups over plain HTTP",
    says: /CronJob mongo-apply reaches backups at http:/,
    change: change(at("aachen", object("CronJob", "mongo-apply")), ({ spec }) => {
      const { containers } = spec.jobTemplate.spec.template.spec;
      containers[0].env = [{ name: "SOURCE_ENDPOINT", value: "http://s3.titan.example.org:9000" }];
    }),
  },
  {
    rule: "encrypted-between-sites",
    what: "the account of the backups takes plain HTTP",
    says: /takes backups over plain HTTP/,
    from: "all-azure",
    change: change(
      at("azure", ({ type }) => type.endsWith(":StorageAccount")),
      (inputs) => {
        inputs["enableHttpsTrafficOnly"] = false;
      },
    ),
  },
];
