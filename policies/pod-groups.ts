import { podLabels, textMap } from "../resilience/observe/declarations.ts";
import type { Declarations, Declared } from "../resilience/observe/declarations.ts";
import { plain } from "../resilience/observe/field.ts";
import type { Field } from "../resilience/observe/field.ts";
import { podSpecOf } from "../resilience/observe/mounts.ts";
import { replicasOf } from "../resilience/observe/probes.ts";
import { known } from "../resilience/fact.ts";
import type { Fact } from "../resilience/fact.ts";
import type { MongoReplicaSet } from "../resilience/system.ts";
import { objectsOf } from "./objects.ts";
import type { StackView } from "./rule.ts";
import { apart, constraintsOf, HOSTNAME } from "./spread.ts";
import type { Constraint } from "./spread.ts";

/** Pods that stand in for each other: replicas of a workload, instances of a cluster, members of a replica set. */
export interface PodGroup {
  readonly label: string;
  readonly urn: string;
  readonly site: string;
  readonly pods: Fact<number>;
  /** What keeps them apart. Unknown: a value is secret or not there yet. */
  readonly constraints: Fact<readonly Constraint[]>;
  /** During an update one pod more must find a place before an old one goes. */
  readonly surges: boolean;
}

export function podGroups(view: StackView): readonly PodGroup[] {
  const declarations = objectsOf(view);
  const site = view.system.sites.find(({ stack }) => stack === view.stack.stack)?.name ?? "";
  return [
    ...["apps/Deployment", "apps/StatefulSet"]
      .flatMap((kind) => declarations.ofKind(kind))
      .map((one) => workloadGroup(one, site)),
    ...declarations.ofKind("postgresql.cnpg.io/Cluster").map((one) => clusterGroup(one, site)),
    ...view.system.mongo.flatMap((set) => memberGroups(declarations, set)),
  ];
}

function workloadGroup(workload: Declared, site: string): PodGroup {
  const constraints = read(podSpecOf(workload), ["topologySpreadConstraints", "affinity"], (podSpec) =>
    constraintsOf(podSpec, [podLabels(workload)]),
  );
  return {
    label: `${workload.kind.split("/")[1] ?? ""} ${workload.name}`,
    urn: workload.urn,
    site,
    pods: replicasOf(workload),
    constraints,
    surges: workload.kind === "apps/Deployment" && keepsAll(workload.inputs.get("spec")),
  };
}

/** Must a new pod be ready before an old one ends? 25 % of up to three pods, the default, are rounded down to none. */
function keepsAll(spec: Field): boolean {
  if (spec.get("strategy", "type").value === "Recreate") return false;
  const unavailable = spec.get("strategy", "rollingUpdate", "maxUnavailable").value ?? "25%";
  const replicas = spec.get("replicas").value;
  const count = typeof replicas === "number" ? replicas : 1;
  const share = /^(\d+)%$/.exec(String(unavailable))?.[1];
  return Math.floor(share === undefined ? Number(unavailable) : (Number(share) / 100) * count) === 0;
}

/** Instances carry the operator's labels beside the inherited ones; it keeps them apart unless told not to (CloudNativePG 1.27). */
function clusterGroup(cluster: Declared, site: string): PodGroup {
  const spec = cluster.inputs.get("spec");
  const labels = { ...textMap(spec.get("inheritedMetadata", "labels")), "cnpg.io/cluster": cluster.name };
  const constraints = read(spec, ["topologySpreadConstraints", "affinity"], () => {
    const affinity = spec.get("affinity");
    const enabled = affinity.get("enablePodAntiAffinity").value !== false;
    const own = apart(
      plain(affinity.get("topologyKey")) ?? HOSTNAME,
      affinity.get("podAntiAffinityType").value === "required",
    );
    return [...(enabled ? [own] : []), ...constraintsOf(spec, [labels])];
  });
  const instances = spec.get("instances");
  const pods = instances.absent ? known(1, instances.source) : instances.number();
  return { label: `Cluster ${cluster.name}`, urn: cluster.urn, site, pods, constraints, surges: false };
}

/** Members with data of one site; each is a workload of its own. What keeps them apart stands in every one of them. */
export function memberGroups(declarations: Declarations, set: MongoReplicaSet): readonly PodGroup[] {
  const members = set.members.filter(({ arbiter, urn }) => !arbiter && urn !== undefined);
  const sites = [...new Set(members.map(({ site }) => site))];
  return sites.flatMap((site) => {
    const workloads = members
      .filter((member) => member.site === site)
      .flatMap(({ urn = "" }) => declarations.byUrn(urn) ?? []);
    const [first, ...others] = workloads;
    if (!first) return [];
    const labels = workloads.map(podLabels);
    const each = workloads.map((workload) =>
      read(podSpecOf(workload), ["topologySpreadConstraints", "affinity"], (podSpec) => constraintsOf(podSpec, labels)),
    );
    const common = each.reduce((a, b) => (a.state === "known" && b.state === "known" ? shared(a, b) : both(a, b)));
    return [
      {
        label: `MongoDB's members with data (${set.name})`,
        urn: first.urn,
        site,
        pods: known(1 + others.length, { urn: set.urn, path: "" }),
        constraints: common,
        surges: false,
      },
    ];
  });
}

type Known<T> = Extract<Fact<T>, { state: "known" }>;

function shared(a: Known<readonly Constraint[]>, b: Known<readonly Constraint[]>): Known<readonly Constraint[]> {
  const texts = new Set(b.value.map((one) => JSON.stringify(one)));
  return { ...a, value: a.value.filter((one) => texts.has(JSON.stringify(one))) };
}

const both = <T>(a: Fact<T>, b: Fact<T>): Fact<T> => (a.state === "known" ? b : a);

/** The first of some fields that can't be read makes the whole unreadable. */
function read<T>(at: Field, names: readonly string[], parse: (field: Field) => T): Fact<T> {
  for (const name of names) {
    const field = at.get(name);
    if (field.pending || field.secret) return field.read<T>("constraints", () => undefined);
  }
  return known(parse(at), at.source);
}
