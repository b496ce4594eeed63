import { addLike, at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const databasesNotExposed: readonly Mutation[] = [
  {
    rule: "databases-not-exposed",
    what: "PostgreSQL's Service becomes a load balancer",
    says: /Service pg-aachen of type LoadBalancer leads to Cluster pg-aachen/,
    change: change(at("aachen", object("Service", "pg-aachen", "platform")), ({ spec }) => {
      spec.type = "LoadBalancer";
    }),
  },
  {
    rule: "databases-not-exposed",
    what: "a NetworkPolicy admits every address to MongoDB",
    says: /NetworkPolicy mongo admits the addresses 0\.0\.0\.0\/0/,
    change: change(at("aachen", object("NetworkPolicy", "mongo")), ({ spec }) => {
      spec.ingress.push({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 27017 }] });
    }),
  },
  {
    rule: "databases-not-exposed",
    what: "CloudNativePG is told to make a load balancer",
    says: /pg-titan has a managed Service of type LoadBalancer/,
    change: change(at("titan", object("Cluster", "pg-titan")), ({ spec }) => {
      spec.managed = { services: { additional: [{ serviceTemplate: { spec: { type: "LoadBalancer" } } }] } };
    }),
  },
  {
    rule: "databases-not-exposed",
    what: "the gateway passes the other site's PostgreSQL on to the internet",
    says: /Service gateway of type LoadBalancer opens port 5432 of the gateway/,
    change: change(at("titan", object("Service", "gateway", "overlay")), ({ spec }) => {
      spec.ports.push({ name: "postgres", port: 5432, targetPort: 20000 });
    }),
  },
  {
    rule: "databases-not-exposed",
    what: "every pod of the cluster may speak with MongoDB",
    says: /NetworkPolicy mongo admits every pod of the cluster/,
    change: change(at("aachen", object("NetworkPolicy", "mongo")), ({ spec }) => {
      spec.ingress.push({ from: [{ namespaceSelector: {} }] });
    }),
  },
  {
    rule: "databases-not-exposed",
    what: "a policy opens whichever instance is the primary",
    says: /NetworkPolicy pg-open admits everybody to Cluster pg-aachen/,
    change: addLike(at("aachen", object("NetworkPolicy", "postgres")), "pg-open", ({ spec }) => {
      spec.podSelector = {
        matchExpressions: [{ key: "cnpg.io/instanceRole", operator: "In", values: ["primary"] }],
      };
      spec.ingress = [{}];
    }),
  },
];
