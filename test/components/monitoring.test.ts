import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { backupJobs } from "../../components/backup-plan.ts";
import { WATCHED_PROMISES } from "../../components/monitoring-alerts.ts";
import { monitoringChart } from "../../components/monitoring-chart.ts";
import { longestInterval } from "../../components/monitoring-cron.ts";
import { Monitoring } from "../../components/monitoring.ts";
import { runProgram } from "../../planner/harness.ts";
import type { ProgramResult, RecordedResource } from "../../planner/harness.ts";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { SECRET } from "../../resilience/resource.ts";
import { topologies } from "../../topologies/index.ts";
import { at, namesOf, object, objects } from "./declared.ts";
import { contextOf, peerOf } from "./site-fixture.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
type Resources = readonly RecordedResource[];

function rulesOf(resources: Resources): readonly Rule[] {
  const groups = at(object(resources, "PrometheusRule", "holdfast"), "spec.groups") as { rules: Rule[] }[];
  return groups.flatMap(({ rules }) => rules);
}

/** Names of metrics in an expression: what is no function, keyword, label, string, number or duration. */
function metricsIn(expr: string): readonly string[] {
  const words = expr
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, "")
    .replace(/\b(?:by|on|without)\s*\([^)]*\)/g, "");
  return [...words.matchAll(/\b([a-z_][a-z0-9_]*)\b(?!\s*\()/g)]
    .map(([, word]) => word!)
    .filter((word) => !["or", "and", "unless", "by", "on"].includes(word));
}

const annotated = (resources: Resources, kind: string, name: RegExp, path: string): readonly RecordedResource[] =>
  [...objects(resources, kind)]
    .filter(([found]) => name.test(found))
    .map(([, one]) => one)
    .filter((one) => (at(one, path) as Record<string, string> | undefined)?.["prometheus.io/scrape"] === "true");

const release = (resources: Resources, chart: string): RecordedResource | undefined =>
  resources.find((one) => one.type === "kubernetes:helm.sh/v3:Release" && at(one, "chart") === chart);

const stack = (resources: Resources, part: string): boolean => {
  const found = release(resources, "kube-prometheus-stack");
  return found !== undefined && at(found, `values.${part}.enabled`) !== false;
};
const POD = "spec.template.metadata.annotations";

/**
 * Every metric that an alert may use, and how a plan shows that something gives it and Prometheus asks for it. The names
 * are those of the exporters' own documentation or source (docs/monitoring.md).
 */
const EXPORTERS: readonly (readonly [RegExp, (resources: Resources) => boolean])[] = [
  [
    /^(cnpg_pg_(replication|stat_archiver)_|barman_cloud_cloudnative_pg_io_last_available_backup_timestamp$)/,
    (resources) => annotated(resources, "Cluster", /^pg-/, "spec.inheritedMetadata.annotations").length > 0,
  ],
  [
    /^mongodb_members_(state|health)$/,
    (resources) =>
      annotated(resources, "StatefulSet", /^mongo-.*\d$/, POD).some((one) =>
        JSON.stringify(at(one, "spec.template.spec.containers")).includes("--collector.replicasetstatus"),
      ),
  ],
  [
    /^traefik_entrypoint_requests_total$/,
    (resources) =>
      annotated(resources, "Deployment", /^proxy$/, POD).some((one) =>
        JSON.stringify(at(one, "spec.template.spec.containers")).includes("--metrics.prometheus=true"),
      ),
  ],
  [
    /^haproxy_backend_active_servers$/,
    (resources) =>
      annotated(resources, "Deployment", /^gateway$/, POD).length === 1 &&
      JSON.stringify(at(object(resources, "ConfigMap", "gateway"), "data")).includes("prometheus-exporter"),
  ],
  [
    /^certmanager_certificate_expiration_timestamp_seconds$/,
    (resources) => release(resources, "cert-manager") !== undefined,
  ],
  [/^kube_(cronjob|job|deployment)_/, (resources) => stack(resources, "kubeStateMetrics")],
  [
    /^node_(md_disks|md_disks_required|zfs_zpool_state|uname_info)$/,
    (resources) =>
      annotated(resources, "DaemonSet", /^node-exporter$/, POD).some((one) => {
        const { args } = (at(one, "spec.template.spec.containers") as readonly { readonly args: string[] }[])[0]!;
        return ["mdadm", "zfs", "uname"].every((collector) => args.includes(`--collector.${collector}`));
      }),
  ],
  [/^kubelet_volume_stats_(available|capacity)_bytes$/, (resources) => stack(resources, "kubelet")],
  [/^up$/, (resources) => release(resources, "kube-prometheus-stack") !== undefined],
];

const declared = async (webhook?: string): Promise<Resources> => (await run(webhook)).resources;

async function run(webhook?: string): Promise<ProgramResult> {
  const context = contextOf("aachen");
  return runProgram(() => {
    new Monitoring("monitoring", {
      context,
      jobs: backupJobs(context, [peerOf("titan")]),
      certificates: [{ name: "postgres-server", end: pulumi.output("2028-11-21T00:00:00Z") }],
      ...(webhook === undefined ? {} : { webhook: pulumi.secret(webhook) }),
    });
  });
}

describe("components/monitoring", () => {
  for (const topology of topologies) {
    describe(`planned for ${topology.name}`, () => {
      let sites: readonly { readonly site: string; readonly resources: Resources }[];

      before(async function () {
        this.timeout(120_000);
        const plan = await planTopology(readProject("."), topology);
        sites = plan.sites.map(({ site, result }) => ({ site, resources: result.resources }));
      });

      it("rests each alert on a metric that something of the plan gives, and Prometheus asks for", () => {
        for (const { site, resources } of sites) {
          for (const { alert, expr } of rulesOf(resources)) {
            // The end of an own certificate stands in the expression itself.
            const metrics = metricsIn(expr);
            if (alert !== "OwnCertificateEnds") expect(metrics, `${site} ${alert}`).to.not.be.empty;
            for (const metric of metrics) {
              const exporter = EXPORTERS.find(([names]) => names.test(metric));
              expect(exporter, `${site} ${alert}: no exporter gives ${metric}`).to.not.equal(undefined);
              expect(exporter![1](resources), `${site} ${alert}: ${metric} is not scraped`).to.equal(true);
            }
          }
        }
      });

      it("names the promise and the way out in each alert, and has one for each promise in the table", () => {
        const asked = Object.keys(WATCHED_PROMISES).filter((id) => id !== "R7" || topology.sites.length > 1);
        for (const { site, resources } of sites) {
          const rules = rulesOf(resources);
          expect([...new Set(rules.map(({ labels }) => labels["promise"]))].sort()).to.deep.equal(asked.sort());
          for (const { alert, labels, annotations } of rules) {
            expect(labels, alert).to.include({ site }).and.to.have.keys("site", "promise", "severity");
            expect(annotations["summary"], alert).to.be.a("string").and.not.equal("");
            expect(annotations["runbook"], alert).to.be.a("string").and.not.equal("");
          }
        }
      });

      it("watches every backup and restore test that is declared, by its own schedule", () => {
        for (const { resources } of sites) {
          const rules = rulesOf(resources);
          const jobs = [...objects(resources, "CronJob")].filter(([name]) => /^(backup|restore-test)-/.test(name));
          expect(jobs).to.not.be.empty;
          for (const [name, job] of jobs) {
            const watching = rules.filter(({ expr }) => expr.includes(`cronjob="${name}"`));
            expect(watching, name).to.have.length(1);
            const ages = [...watching[0]!.expr.matchAll(/> (\d+)/g)].map(([, age]) => Number(age));
            const between = longestInterval(String(at(job, "spec.schedule")));
            expect(ages, name).to.have.length(2);
            for (const age of ages) expect(age, name).to.be.within(between + 1, between * 2);
          }
        }
      });

      it("asks of other sites only where there are some", () => {
        for (const { resources } of sites) {
          const tunnels = rulesOf(resources).filter(({ alert }) => alert === "TunnelDown");
          expect(tunnels).to.have.length(topology.sites.length - 1);
        }
      });
    });
  }

  it("tells somebody where the config says whom, and says so where it does not", async () => {
    expect(namesOf(await declared())).to.not.include("Secret/alert-webhook");
    const warned = async (webhook?: string): Promise<boolean> =>
      (await run(webhook)).logs.some((line) => line.includes("alertWebhook"));
    expect([await warned(), await warned("https://alerts.example.net/hook")]).to.deep.equal([true, false]);
    const told = await declared("https://alerts.example.net/hook?token=throwaway");
    expect(at(object(told, "Secret", "alert-webhook"), "stringData")).to.deep.equal(SECRET);
    expect(JSON.stringify(told.map(({ inputs }) => inputs))).to.not.include("throwaway");
    const receiver = (notifies: boolean): unknown =>
      (monitoringChart(notifies).values["alertmanager"] as { config: { route: { receiver: string } } }).config.route
        .receiver;
    expect([receiver(false), receiver(true)]).to.deep.equal(["nobody", "webhook"]);
    expect(JSON.stringify(monitoringChart(true).values)).to.include(
      '"url_file":"/etc/alertmanager/secrets/alert-webhook/url"',
    );
  });

  it("leaves a Prometheus of somebody else in the cluster alone", () => {
    const operator = monitoringChart(false).values["prometheusOperator"] as Record<string, unknown>;
    for (const kind of ["prometheus", "alertmanager", "thanosRuler"])
      expect(operator[`${kind}InstanceNamespaces`], kind).to.deep.equal(["monitoring"]);
  });

  it("warns of an own certificate by the end that is written in it", async () => {
    const rule = rulesOf(await declared()).find(({ alert }) => alert === "OwnCertificateEnds")!;
    expect(rule.expr).to.equal(`vector(${Date.UTC(2028, 10, 21) / 1000}) - time() < ${90 * 86_400}`);
  });

  it("keeps strangers away from Prometheus, which has no password", async () => {
    const resources = await declared();
    const spec = at(object(resources, "NetworkPolicy", "monitoring"), "spec");
    expect(spec).to.deep.include({ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] });
    // Only pods of the chart, which none of our labels marks, may speak to the outside.
    const { podSelector } = at(object(resources, "NetworkPolicy", "monitoring-exit"), "spec") as {
      podSelector: unknown;
    };
    expect(podSelector).to.deep.equal({
      matchExpressions: [{ key: "app.kubernetes.io/part-of", operator: "NotIn", values: ["holdfast"] }],
    });
  });

  it("knows how far a schedule's runs are apart, and refuses what it does not know", () => {
    expect(longestInterval("15 2 * * *")).to.equal(86_400);
    expect(longestInterval("30 3 * * 0")).to.equal(7 * 86_400);
    expect(longestInterval("0 5 1 * *")).to.equal(31 * 86_400);
    for (const schedule of ["*/5 * * * *", "0 5 * * 1-5", "0 5 31 * *", "0 0 5 * * *", "", "0 5 * 2 *"])
      expect(() => longestInterval(schedule), schedule).to.throw(/how long/);
  });
});
