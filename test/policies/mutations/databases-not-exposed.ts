import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const databasesNotExposed: readonly Mutation[] = [
  {
    rule: "databases-not-exposed",
    what: "PostgreSQL's Service becomes a load balancer",
    change: change(at("aachen", object("Service", "pg-aachen", "platform")), ({ spec }) => {
      spec.type = "LoadBalancer";
    }),
  },
  {
    rule: "databases-not-exposed",
    what: "a NetworkPolicy admits every address to MongoDB",
    change: change(at("aachen", object("NetworkPolicy", "mongo")), ({ spec }) => {
      spec.ingress.push({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 27017 }] });
    }),
  },
  {
    rule: "databases-not-exposed",
    what: "CloudNativePG is told to make a load balancer",
    change: change(at("titan", object("Cluster", "pg-titan")), ({ spec }) => {
      spec.managed = { services: { additional: [{ serviceTemplate: { spec: { type: "LoadBalancer" } } }] } };
    }),
  },
];
