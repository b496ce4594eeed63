import { ALERT_SECRET, MONITORING_NAMESPACE, SCRAPE_JOB, WEBHOOK_KEY } from "./monitoring-names.ts";
import type { Chart } from "./zone-charts.ts";

/** What each part asks for is small: a site may be one server. Limits only on memory, where there is one to run away with. */
const small = (cpu: string, memory: string, limit: string) => ({
  requests: { cpu, memory },
  limits: { memory: limit },
});

/**
 * Prometheus, its operator, Alertmanager and kube-state-metrics 2.20, as one chart:
 * kube-prometheus-stack 88.5.3 of 2026-08-22 (github.com/prometheus-community/helm-charts: operator v0.93.1), whose values
 * are those that were read for this. Dashboards and the chart's own alerts are left out: the alerts are the program's.
 *
 * Samples lie in an `emptyDir`: alerts look back minutes, and a volume would tie the watchman to the disks that it watches.
 *
 * @param notifies is there an address to which alerts go? Without one Prometheus alone shows them
 */
export function monitoringChart(notifies: boolean): Chart {
  return {
    release: "monitoring",
    chart: "kube-prometheus-stack",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "88.5.3",
    namespace: MONITORING_NAMESPACE,
    values: {
      grafana: { enabled: false },
      defaultRules: { create: false },
      // A provider runs them where nobody can ask, and a small distribution runs them in one process.
      kubeControllerManager: { enabled: false },
      kubeScheduler: { enabled: false },
      kubeEtcd: { enabled: false },
      kubeProxy: { enabled: false },
      // Its own mounts the server's files, and is the chart's only part beyond the standard `restricted`; `Monitoring` declares
      // one that does not.
      nodeExporter: { enabled: false },
      prometheusOperator: {
        // What they would check, this program writes.
        admissionWebhooks: { enabled: false },
        tls: { enabled: false },
        // A Prometheus of somebody else in the cluster is not this operator's.
        prometheusInstanceNamespaces: [MONITORING_NAMESPACE],
        alertmanagerInstanceNamespaces: [MONITORING_NAMESPACE],
        thanosRulerInstanceNamespaces: [MONITORING_NAMESPACE],
        resources: small("20m", "64Mi", "256Mi"),
      },
      "kube-state-metrics": { resources: small("10m", "48Mi", "192Mi") },
      alertmanager: {
        enabled: true,
        config: alertmanagerConfig(notifies),
        alertmanagerSpec: {
          resources: small("10m", "32Mi", "128Mi"),
          secrets: notifies ? [ALERT_SECRET] : [],
        },
      },
      prometheus: {
        prometheusSpec: {
          retention: "7d",
          retentionSize: "3GB",
          storageSpec: { emptyDir: { sizeLimit: "4Gi" } },
          resources: small("100m", "384Mi", "1536Mi"),
          // All of the cluster, not only those that carry this release's labels.
          ruleSelectorNilUsesHelmValues: false,
          serviceMonitorSelectorNilUsesHelmValues: false,
          podMonitorSelectorNilUsesHelmValues: false,
          additionalScrapeConfigs: [annotatedPods()],
        },
      },
    },
    after: [],
  };
}

function alertmanagerConfig(notifies: boolean) {
  const url_file = `/etc/alertmanager/secrets/${ALERT_SECRET}/${WEBHOOK_KEY}`;
  return {
    route: {
      receiver: notifies ? "webhook" : "nobody",
      group_by: ["alertname", "promise"],
      group_wait: "10s",
      group_interval: "5m",
      repeat_interval: "4h",
    },
    receivers: [
      { name: "nobody" },
      ...(notifies ? [{ name: "webhook", webhook_configs: [{ url_file, send_resolved: true }] }] : []),
    ],
  };
}

/** Pods that ask to be scraped by their annotations, as the platform's own do, and cert-manager's by its chart's default. */
function annotatedPods() {
  const annotation = (name: string): string => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;
  return {
    job_name: SCRAPE_JOB,
    scrape_interval: "30s",
    kubernetes_sd_configs: [{ role: "pod" }],
    relabel_configs: [
      { source_labels: [annotation("scrape")], action: "keep", regex: "true" },
      // A pod that has run to its end answers nothing more.
      { source_labels: ["__meta_kubernetes_pod_phase"], action: "drop", regex: "Pending|Succeeded|Failed" },
      { source_labels: [annotation("path")], action: "replace", regex: "(.+)", target_label: "__metrics_path__" },
      {
        // The pod's address alone: one target for each pod, however many ports it has.
        source_labels: ["__meta_kubernetes_pod_ip", annotation("port")],
        action: "replace",
        regex: "(.+);(\\d+)",
        replacement: "$1:$2",
        target_label: "__address__",
      },
      { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      // Of what is measured of a server the pod's name says nothing.
      { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
      {
        source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_component"],
        target_label: "component",
      },
    ],
  };
}
