import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/index.js";
import { Secret } from "@pulumi/kubernetes/core/v1/index.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { BackupJob } from "./backup-plan.ts";
import type { SiteContext } from "./context.ts";
import { backupAlerts, mongoAlerts, postgresAlerts, storageAlerts } from "./monitoring-alerts.ts";
import type { Alert, OwnCertificate } from "./monitoring-alerts.ts";
import { ALERT_SECRET, MONITORING_NAMESPACE, WEBHOOK_KEY } from "./monitoring-names.ts";
import { siteAlerts } from "./monitoring-site-alerts.ts";
import { labels, PART_OF } from "./names.ts";
import { declareNodeExporter } from "./node-exporter.ts";

export interface MonitoringArgs {
  readonly context: SiteContext;
  /** The jobs that this site's backups really have: each is watched by its own schedule. */
  readonly jobs: readonly BackupJob[];
  /** Certificates that only an `up` renews. */
  readonly certificates: readonly OwnCertificate[];
  /** Address to which Alertmanager posts, secret. @default none: alerts are seen in Prometheus alone */
  readonly webhook?: pulumi.Output<string>;
}

type Group = NonNullable<NonNullable<IPrometheusRule["spec"]>["groups"]>[number];

const NAME = "holdfast";

/**
 * What tells somebody before, or at the latest when, a promise breaks: one alert for each way in which one can, with the
 * promise's id as label and the runbook as text. Prometheus itself comes with `Zone`'s charts.
 *
 * Inputs: `notifies`, whether alerts go anywhere; `promises`, the ids that are watched.
 */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, jobs, certificates, webhook } = args;
    const groups: readonly (readonly [string, readonly Alert[]])[] = [
      ["postgres", postgresAlerts(context)],
      ["mongo", mongoAlerts()],
      ["backups", backupAlerts(jobs)],
      ["storage", storageAlerts()],
      ["site", siteAlerts(context, certificates)],
    ];
    const promises = [...new Set(groups.flatMap(([, alerts]) => alerts.map(({ promise }) => promise)))].sort();
    const notifies = webhook !== undefined;
    super("holdfast:platform:Monitoring", name, { site: context.site, notifies, promises }, opts);
    const child = { parent: this };
    const metadata = { namespace: MONITORING_NAMESPACE, labels: labels("monitoring") };
    new CustomResource(
      `${name}-rules`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { ...metadata, name: NAME },
        spec: { groups: groups.map(([group, alerts]) => groupOf(group, alerts, context.site)) },
      },
      child,
    );
    if (webhook) {
      new Secret(
        `${name}-webhook`,
        { metadata: { ...metadata, name: ALERT_SECRET }, stringData: { [WEBHOOK_KEY]: pulumi.secret(webhook) } },
        child,
      );
    } else {
      void pulumi.log.warn(
        `alerts of ${context.site} are seen in Prometheus alone: nobody is told. ` +
          "Name where to: pulumi config set --secret holdfast:alertWebhook https://…",
        this,
      );
    }
    declareNodeExporter(name, context, this);
    for (const { policy, spec } of policies())
      new NetworkPolicy(`${name}-policy-${policy}`, { metadata: { ...metadata, name: policy }, spec }, child);
    this.registerOutputs({});
  }
}

/** An expression may be known only after an `up`, as the end of a certificate is. */
function groupOf(group: string, alerts: readonly Alert[], site: string): pulumi.Input<Group> {
  return pulumi
    .all(
      alerts.map(({ alert, promise, severity, expr, for: long, summary, runbook }) =>
        pulumi.output(expr).apply((text) => ({
          alert,
          expr: text,
          for: long,
          labels: { promise, severity, site },
          annotations: { summary, runbook },
        })),
      ),
    )
    .apply((rules) => ({ name: `${NAME}-${group}`, rules }));
}

/**
 * Prometheus has no password: only its own namespace gets to it, and people by `kubectl port-forward`. It itself reaches
 * every pod, its operator the API server, and Alertmanager the address of the webhook, all of which come with the chart;
 * what of the platform lets it in, the platform's policies say. What is declared here goes nowhere.
 */
function policies() {
  const all = {};
  const ofTheChart = {
    matchExpressions: Object.entries(PART_OF).map(([key, ours]) => ({ key, operator: "NotIn", values: [ours] })),
  };
  return [
    { policy: "default-deny", spec: { podSelector: all, policyTypes: ["Ingress", "Egress"] } },
    {
      policy: "monitoring",
      spec: { podSelector: all, policyTypes: ["Ingress"], ingress: [{ from: [{ podSelector: all }] }] },
    },
    { policy: "monitoring-exit", spec: { podSelector: ofTheChart, policyTypes: ["Egress"], egress: [{}] } },
  ];
}
