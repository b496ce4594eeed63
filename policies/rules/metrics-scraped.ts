import type { Declarations, Declared } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import { findGateways } from "../../resilience/observe/gateways.ts";
import { podSpecOf } from "../../resilience/observe/mounts.ts";
import { Findings, listed } from "../findings.ts";
import { awaitsKeys } from "../keys-awaited.ts";
import {
  askedPort,
  clusterExporter,
  collectorsOf,
  isLetIn,
  isMonitored,
  readsArrays,
  workloadExporter,
} from "../metrics.ts";
import type { Collector, Exporter } from "../metrics.ts";
import { objectsOf } from "../objects.ts";
import { hasDisks } from "../places.ts";
import type { StackRule, StackView } from "../rule.ts";

const FIX = "Annotate the pods (prometheus.io/scrape, port, path), or select them by a PodMonitor";

export const metricsScraped: StackRule = {
  name: "metrics-scraped",
  kind: "stack",
  what: "Databases, proxy, name server, gateway, services, jobs and disks give metrics, and a Prometheus reaches and scrapes them.",
  ids: ["R8", "S5.4"],
  why: "An alert on what nobody measures never fires: the first to notice is a visitor.",
  fix: `${FIX}, and let Prometheus in by a NetworkPolicy.`,
  level: "mandatory",
  subject: "pods with metrics",
  expected: (view) => !awaitsKeys(view),
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    const collectors = collectorsOf(objects);
    const exporters = exportersOf(view, objects);
    for (const exporter of exporters) {
      findings.subject();
      judge(objects, exporter, collectors, findings);
    }
    if (collectors.length === 0 && exporters.length > 0)
      findings.add(
        undefined,
        `no Prometheus of this stack scrapes ${listed(exporters.map(({ label }) => label))}. Install one (the component Monitoring).`,
      );
    measured(view, exporters, collectors, findings);
    return findings.verdict();
  },
};

/** What must be measured, and whatever says itself that it can be. */
function exportersOf({ system }: StackView, objects: Declarations): readonly Exporter[] {
  const parts = new Set([
    ...system.proxies.map(({ urn }) => urn),
    ...system.nameServers.filter(({ runsOn }) => runsOn !== "provider").map(({ urn }) => urn),
    ...system.services.map(({ urn }) => urn),
    ...findGateways(objects).map(({ workload }) => workload.urn),
  ]);
  const workloads = ["apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"]
    .flatMap((kind) => objects.ofKind(kind))
    .filter((workload) => parts.has(workload.urn) || holdsMongo(system, workload) || offersMetrics(workload));
  return [...objects.ofKind("postgresql.cnpg.io/Cluster").map(clusterExporter), ...workloads.map(workloadExporter)];
}

/** A member that is no arbiter, as far as this stack has the configuration; another site's tells of itself by a port `metrics`. */
function holdsMongo(system: StackView["system"], workload: Declared): boolean {
  return system.mongo.some(({ members }) => members.some(({ urn, arbiter }) => urn === workload.urn && !arbiter));
}

function offersMetrics(workload: Declared): boolean {
  const { annotations, ports } = workloadExporter(workload);
  const asks = !annotations.get("prometheus.io/scrape").absent;
  return asks || (ports ?? []).some(({ name }) => name === "metrics");
}

/** What no pod tells of itself: a job's last success, and the disks of a server. */
function measured(
  { system }: StackView,
  exporters: readonly Exporter[],
  collectors: readonly Collector[],
  findings: Findings,
): void {
  const [first] = collectors;
  if (!first) return;
  if (system.backups.length > 0 && !collectors.some(({ measures }) => measures.objects))
    findings.add(
      first.declared.urn,
      `${first.release} runs no kube-state-metrics: nobody sees whether the jobs of the backups succeed. Leave kubeStateMetrics.enabled out.`,
    );
  const own = exporters.some(({ declared }) => measuresServers(declared));
  if (hasDisks(system) && !own && !collectors.some(({ measures }) => measures.servers))
    findings.add(
      first.declared.urn,
      "no node exporter reads the arrays of the servers (collector mdadm): a disk that fails is seen by nobody. Run one on every server.",
    );
}

function measuresServers(declared: Declared): boolean {
  if (declared.kind !== "apps/DaemonSet") return false;
  return podSpecOf(declared)
    .get("containers")
    .items()
    .some((one) => /(^|\/)node[-_]exporter[:@]/.test(plain(one.get("image")) ?? "") && readsArrays(one.get("args")));
}

function judge(objects: Declarations, exporter: Exporter, collectors: readonly Collector[], findings: Findings): void {
  const { label, declared, ports } = exporter;
  const { urn } = declared;
  if (exporter.annotations.pending)
    return findings.wait(`whether ${label} asks to be scraped is known only after an up`);
  const monitored = isMonitored(objects, exporter);
  const port = askedPort(exporter);
  if (!monitored && port === undefined)
    return findings.add(
      urn,
      `nothing has ${label} scraped: its pods don't ask for it, and no monitor selects them. ${FIX}.`,
    );
  if (!monitored && ports && !ports.some(({ number }) => number === port))
    findings.add(
      urn,
      `${label} asks to be scraped at port ${port ?? ""}, and its containers (${containersOf(declared)}) listen at ${ports.map(({ number }) => number).join(", ") || "none"}. Name the port of the metrics.`,
    );
  if (collectors.length === 0) return;
  const able = collectors.filter(({ readsAnnotations }) => monitored || readsAnnotations);
  if (able.length === 0)
    return findings.add(
      collectors[0]?.declared.urn,
      `${collectors[0]?.release ?? ""} does not look at annotations, by which ${label} asks to be scraped. Add a scrape job for annotated pods, or a PodMonitor.`,
    );
  if (!able.some(({ namespace }) => isLetIn(objects, exporter, namespace, port)))
    findings.add(
      urn,
      `NetworkPolicies keep Prometheus (namespace ${listed(able.map(({ namespace }) => namespace))}) out of ${label}${port === undefined ? "" : `, port ${port}`}. Admit that namespace.`,
    );
}

function containersOf(workload: Declared): string {
  return podSpecOf(workload)
    .get("containers")
    .items()
    .map((container) => plain(container.get("name")) ?? "?")
    .join(", ");
}
