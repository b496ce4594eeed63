import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

const RULE = "metrics-scraped";

export const metricsScraped: readonly Mutation[] = [
  {
    rule: RULE,
    what: "nobody asks for MongoDB's metrics",
    change: change(at("aachen", object("StatefulSet", "mongo-aachen-0")), ({ spec }) => {
      delete spec.template.metadata.annotations["prometheus.io/scrape"];
    }),
  },
  {
    rule: RULE,
    what: "the proxy is scraped at a port at which nothing listens",
    change: change(at("titan", object("Deployment", "proxy")), ({ spec }) => {
      spec.template.metadata.annotations["prometheus.io/port"] = "1";
    }),
  },
  {
    rule: RULE,
    what: "Prometheus runs in a namespace that nobody lets in",
    change: change(
      at("aachen", ({ type, inputs }) => type.endsWith(":Release") && inputs["chart"] === "kube-prometheus-stack"),
      (inputs) => {
        inputs["namespace"] = "elsewhere";
      },
    ),
  },
];
