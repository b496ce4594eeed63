import type { Declarations, Declared } from "../resilience/observe/declarations.ts";
import { podLabels, textMap } from "../resilience/observe/declarations.ts";
import { isObject, plain } from "../resilience/observe/field.ts";
import type { Field } from "../resilience/observe/field.ts";
import { podSpecOf } from "../resilience/observe/mounts.ts";
import { selects } from "../resilience/observe/selectors.ts";

/** Pods that tell of themselves: a workload's, or a CloudNativePG Cluster's. */
export interface Exporter {
  readonly label: string;
  readonly declared: Declared;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly annotations: Field;
  /** Ports that the pods' containers declare; undefined: an operator declares them. */
  readonly ports: readonly { readonly name: string | undefined; readonly number: number }[] | undefined;
  /** The operator has them scraped by itself. */
  readonly monitored: boolean;
}

/** A Prometheus that the stack installs. */
export interface Collector {
  readonly declared: Declared;
  /** Parts of the chart that measure what pods do not tell of themselves. */
  readonly measures: { readonly objects: boolean; readonly servers: boolean };
  readonly namespace: string;
  /** Does it scrape pods that ask for it by annotations? */
  readonly readsAnnotations: boolean;
  /** Does it load rules whichever labels they carry? Otherwise those that name its release. */
  readonly loadsAnyRule: boolean;
  readonly release: string;
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
const SCRAPE_ANNOTATION = "__meta_kubernetes_pod_annotation_prometheus_io_scrape";

/**
 * Charts of the Prometheus community (2026): `kube-prometheus-stack` scrapes annotated pods only where its values say so,
 * and loads rules of its own release only; `prometheus` scrapes annotated pods by default.
 */
export function collectorsOf(objects: Declarations): readonly Collector[] {
  return objects.ofType(RELEASE).flatMap((declared) => {
    const { inputs } = declared;
    const chart = plain(inputs.get("chart"))?.split("/").at(-1);
    if (chart !== "kube-prometheus-stack" && chart !== "prometheus") return [];
    const values = inputs.get("values");
    const prometheus = values.get(chart === "prometheus" ? "server" : "prometheus", "enabled");
    if (prometheus.value === false) return [];
    const told = JSON.stringify(values.value ?? {}).includes(SCRAPE_ANNOTATION);
    const selector = values.get("prometheus", "prometheusSpec", "ruleSelectorNilUsesHelmValues");
    return {
      declared,
      measures: {
        objects: isOn(values, "kubeStateMetrics", "kube-state-metrics"),
        servers:
          isOn(values, "nodeExporter", "prometheus-node-exporter") &&
          readsArrays(values.get("prometheus-node-exporter", "extraArgs")),
      },
      namespace: plain(inputs.get("namespace")) ?? "default",
      readsAnnotations: told || chart === "prometheus",
      loadsAnyRule: selector.value === false,
      release: plain(inputs.get("name")) ?? declared.resource.name,
    };
  });
}

/** Both charts have these parts unless told not to: one calls them by names of its own, both by those of their charts. */
function isOn(values: Field, ...names: readonly string[]): boolean {
  return names.every((name) => values.get(name, "enabled").value !== false);
}

/** Does a node exporter with these arguments look at Linux' arrays? By default it does (node exporter 1.12). */
export function readsArrays(args: Field): boolean {
  const words = args.items().map((one) => plain(one) ?? "");
  const asked = words.includes("--collector.mdadm") || words.includes("--collector.mdadm=true");
  return (
    !words.some((word) => word === "--no-collector.mdadm" || word === "--collector.mdadm=false") &&
    (asked || !words.includes("--collector.disable-defaults"))
  );
}

export function workloadExporter(declared: Declared): Exporter {
  const containers = [
    ...podSpecOf(declared).get("containers").items(),
    ...podSpecOf(declared).get("initContainers").items(),
  ];
  return {
    label: `${declared.kind.split("/")[1] ?? ""} ${declared.name}`,
    declared,
    podLabels: podLabels(declared),
    annotations: declared.inputs.get("spec", "template", "metadata", "annotations"),
    ports: containers.flatMap((container) =>
      container
        .get("ports")
        .items()
        .flatMap((port) => {
          const { value } = port.get("containerPort");
          return typeof value === "number" ? [{ name: plain(port.get("name")), number: value }] : [];
        }),
    ),
    monitored: false,
  };
}

/** Instances take over the Cluster's inherited labels and annotations (CloudNativePG 1.27). */
export function clusterExporter(declared: Declared): Exporter {
  const inherited = declared.inputs.get("spec", "inheritedMetadata");
  return {
    label: `Cluster ${declared.name}`,
    declared,
    podLabels: { ...textMap(inherited.get("labels")), "cnpg.io/cluster": declared.name },
    annotations: inherited.get("annotations"),
    ports: undefined,
    monitored: declared.inputs.get("spec", "monitoring", "enablePodMonitor").value === true,
  };
}

/** The port that a pod asks to be scraped at; undefined: it does not ask. */
export function askedPort({ annotations }: Exporter): number | undefined {
  if (String(annotations.get("prometheus.io/scrape").value) !== "true") return undefined;
  const port = Number(annotations.get("prometheus.io/port").value);
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

/** Is there a PodMonitor, or a ServiceMonitor with a Service between, that selects the pods? */
export function isMonitored(objects: Declarations, exporter: Exporter): boolean {
  if (exporter.monitored) return true;
  const { declared, podLabels: labels } = exporter;
  const chooses = (selector: Field, chosen: Readonly<Record<string, string>>): boolean =>
    isObject(selector.value) && selects(selector, chosen) === true;
  const reaches = (monitor: Declared): boolean => {
    const names = monitor.inputs.get("spec", "namespaceSelector");
    const listed = names
      .get("matchNames")
      .items()
      .map(({ value }) => value);
    return (
      names.get("any").value === true || monitor.namespace === declared.namespace || listed.includes(declared.namespace)
    );
  };
  const services = objects.ofKind("/Service").filter((service) => {
    const pairs = Object.entries(textMap(service.inputs.get("spec", "selector")));
    return (
      service.namespace === declared.namespace &&
      pairs.length > 0 &&
      pairs.every(([key, value]) => labels[key] === value)
    );
  });
  return (
    objects
      .ofKind("monitoring.coreos.com/PodMonitor")
      .some((monitor) => reaches(monitor) && chooses(monitor.inputs.get("spec", "selector"), labels)) ||
    objects
      .ofKind("monitoring.coreos.com/ServiceMonitor")
      .some(
        (monitor) =>
          reaches(monitor) &&
          services.some((service) =>
            chooses(monitor.inputs.get("spec", "selector"), textMap(service.inputs.get("metadata", "labels"))),
          ),
      )
  );
}

/** Do NetworkPolicies let pods of another namespace in at a port? Without a policy that selects the pods everybody is. */
export function isLetIn(
  objects: Declarations,
  { declared, podLabels: labels }: Exporter,
  from: string,
  port: number | undefined,
): boolean {
  const policies = objects.ofKind("networking.k8s.io/NetworkPolicy").filter((policy) => {
    const spec = policy.inputs.get("spec");
    const types = spec.get("policyTypes");
    const ingress = types.absent || types.items().some(({ value }) => value === "Ingress");
    return policy.namespace === declared.namespace && ingress && selects(spec.get("podSelector"), labels) === true;
  });
  if (policies.length === 0) return true;
  return policies
    .flatMap((policy) => policy.inputs.get("spec", "ingress").items())
    .some((rule) => admitsPort(rule, port) && admitsNamespace(rule, from, declared.namespace));
}

function admitsPort(rule: Field, port: number | undefined): boolean {
  const ports = rule.get("ports").items();
  return (
    ports.length === 0 ||
    ports.some((one) => {
      const [first, last] = [one.get("port").value, one.get("endPort").value ?? one.get("port").value];
      if (one.get("port").absent || port === undefined) return true;
      return typeof first === "number" && typeof last === "number" && first <= port && port <= last;
    })
  );
}

/** By the label that every namespace carries with its name (Kubernetes 1.22); a peer without a word of it is of the pods' own. */
function admitsNamespace(rule: Field, namespace: string, own: string): boolean {
  const peers = rule.get("from").items();
  return (
    peers.length === 0 ||
    peers.some((peer) => {
      const selector = peer.get("namespaceSelector");
      // Prometheus' own labels are its operator's: only a selector of all pods is sure to choose it.
      if (selector.absent) return namespace === own && selects(peer.get("podSelector"), {}) === true;
      return isObject(selector.value) && selects(selector, { "kubernetes.io/metadata.name": namespace }) === true;
    })
  );
}
