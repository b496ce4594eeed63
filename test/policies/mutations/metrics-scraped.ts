import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

const RULE = "metrics-scraped";

export const metricsScraped: readonly Mutation[] = [
  {
    rule: RULE,
    what: "nobody asks for MongoDB's metrics",
    says: /nothing has StatefulSet mongo-aachen-0 scraped/,
    change: change(at("aachen", object("StatefulSet", "mongo-aachen-0")), ({ spec }) => {
      delete spec.template.metadata.annotations["prometheus.io/scrape"];
    }),
  },
  {
    rule: RULE,
    what: "the proxy is scraped at a port at which nothing listens",
    says: /proxy asks to be scraped at port 1,/,
    change: change(at("titan", object("Deployment", "proxy")), ({ spec }) => {
      spec.template.metadata.annotations["prometheus.io/port"] = "1";
    }),
  },
  {
    rule: RULE,
    what: "Prometheus runs in a namespace that nobody lets in",
    says: /keep Prometheus \(namespace elsewhere\) out of Cluster pg-aachen/,
    change: change(
      at("aachen", ({ type, inputs }) => type.endsWith(":Release") && inputs["chart"] === "kube-prometheus-stack"),
      (inputs) => {
        inputs["namespace"] = "elsewhere";
      },
    ),
  },
  {
    rule: RULE,
    what: "nobody measures the arrays of the servers",
    says: /no node exporter reads the arrays/,
    change: change(at("aachen", object("DaemonSet", "node-exporter")), ({ spec }) => {
      const [container] = spec.template.spec.containers;
      container.args = container.args.filter((word: string) => word !== "--collector.mdadm");
    }),
  },
  {
    rule: RULE,
    what: "nobody measures whether jobs succeed",
    says: /runs no kube-state-metrics/,
    change: change(
      at("aachen", ({ type, inputs }) => type.endsWith(":Release") && inputs["chart"] === "kube-prometheus-stack"),
      ({ values }) => {
        values.kubeStateMetrics = { enabled: false };
      },
    ),
  },
];
