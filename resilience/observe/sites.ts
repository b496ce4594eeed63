import { LEVELS } from "../../topologies/levels.ts";
import { NODE_MONITOR_GRACE, NODE_MONITOR_GRACE_BEFORE, NODE_MONITOR_PERIOD } from "../constants.ts";
import { known, mapFact, unknown, valueOf } from "../fact.ts";
import type { Fact, Source } from "../fact.ts";
import { stackOfUrn } from "../resource.ts";
import type { Server, Site } from "../system.ts";
import { aksCluster, observeAks } from "./aks.ts";
import type { Declared, Declarations } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";
import { observeManagedStorage } from "./managed-storage.ts";
import { podSpecOf } from "./mounts.ts";
import { tolerationOf, worstOf } from "./probes.ts";
import { oneOf, zoneOf } from "./zones.ts";

/** The minor version of Kubernetes 1 from which the default is {@link NODE_MONITOR_GRACE}. */
const NODE_MONITOR_GRACE_SINCE = 32;

/** A site, by its Zone's word and by the resources of the provider that runs it, if one does. */
export function observeSite(declarations: Declarations, zone: Declared): Site {
  const { inputs, site } = zone;
  const servers = inputs.get("servers").items();
  const provider = inputs.get("provider");
  const region = inputs.get("region");
  const country = inputs.get("country");
  const aks = observeAks(declarations, site);
  const managed = observeManagedStorage(declarations, site);
  const enforced = inputs.get("networkPoliciesEnforced");
  return {
    name: site,
    urn: zone.urn,
    stack: stackOfUrn(zone.urn),
    platform: inputs.get("platform").text(),
    ...(provider.absent ? {} : { provider: provider.text() }),
    ...(region.absent ? {} : { region: region.text() }),
    ...(country.absent ? {} : { country: country.text() }),
    ...(managed.length === 0 ? {} : { managedStorage: managed }),
    servers: [...servers.flatMap(serverOf), ...(aks?.servers ?? [])],
    ...(aks?.facts ?? {}),
    podAutoscalers: declarations.ofKind("autoscaling/HorizontalPodAutoscaler", site).length,
    uplink: inputs.get("uplink").number(),
    publicAddresses: inputs.get("publicAddresses").texts(),
    enforcesNetworkPolicies: enforced.absent && aks ? aks.enforcesNetworkPolicies : enforced.boolean(),
    storageClasses: storageClassesOf(servers),
    nodeGrace: graceOf(declarations, site),
    nodePeriod: periodOf(declarations, site),
    nodeEviction: evictionOf(declarations, site),
    controlPlane: oneOf(inputs.get("controlPlane"), ["own", "provider"]),
  };
}

/** kube-controller-manager's --node-monitor-grace-period, as the Zone declares it, or the default of the cluster's version. */
function graceOf(declarations: Declarations, site: string): Fact<number> {
  const declared = zoneOf(declarations, site).inputs.get("nodeMonitorGrace");
  return declared.absent ? appliedGrace(declarations, site, declared) : declared.number();
}

/** kube-controller-manager's --node-monitor-period, as the Zone declares it, or its default. */
function periodOf(declarations: Declarations, site: string): Fact<number> {
  const declared = zoneOf(declarations, site).inputs.get("nodeMonitorPeriod");
  return declared.absent ? known(NODE_MONITOR_PERIOD.value, { ...declared.source, builtIn: true }) : declared.number();
}

const builtInOf = ({ builtIn }: Source): Pick<Source, "builtIn"> => (builtIn ? { builtIn } : {});

/** NotReady detection, and the longest toleration of a workload of the site; the product's own where that is the greater part. */
function evictionOf(declarations: Declarations, site: string): Fact<number> {
  const grace = graceOf(declarations, site);
  const specs = [
    ...["apps/Deployment", "apps/StatefulSet"]
      .flatMap((kind) => declarations.ofKind(kind, site))
      .map((workload) => podSpecOf(workload).get("tolerations")),
    ...declarations
      .ofKind("postgresql.cnpg.io/Cluster", site)
      .map((cluster) => cluster.inputs.get("spec", "affinity", "tolerations")),
  ];
  const longest = worstOf(specs.map(tolerationOf), unknown(`no workload is declared at ${site}`));
  if (grace.state !== "known" || longest.state !== "known") return grace.state === "known" ? longest : grace;
  const source = longest.value > grace.value ? longest.source : { ...longest.source, ...builtInOf(grace.source) };
  return known(longest.value + grace.value, source);
}

/** Nobody can tune it where a provider runs the control plane: the default of the declared version holds. */
function appliedGrace(declarations: Declarations, site: string, declared: Field): Fact<number> {
  const version = aksCluster(declarations, site)?.inputs.get("kubernetesVersion");
  const minor = /^1\.(\d+)/.exec((version && plain(version)) ?? "")?.[1];
  const old = version !== undefined && minor !== undefined && Number(minor) < NODE_MONITOR_GRACE_SINCE;
  return old
    ? known(NODE_MONITOR_GRACE_BEFORE.value, { ...version.source, builtIn: true })
    : known(NODE_MONITOR_GRACE.value, { ...declared.source, builtIn: true });
}

function serverOf(server: Field): readonly Server[] {
  const name = plain(server.get("name"));
  if (name === undefined) return [];
  return [
    {
      name,
      cores: server.get("cores").number(),
      memory: server.get("memory").number(),
      arrays: server
        .get("arrays")
        .items()
        .map((array) => ({
          name: plain(array.get("name")) ?? "",
          server: name,
          level: oneOf(array.get("level"), LEVELS),
          disks: array.get("disks").number(),
        })),
      systemArray: systemArrayOf(server),
      controlPlane: server.get("controlPlane").boolean(),
    },
  ];
}

/** Silence says nothing: a system may lie on a disk that nobody declared. */
function systemArrayOf(server: Field): Fact<string> {
  const name = plain(server.get("name")) ?? "";
  const said = server
    .get("arrays")
    .items()
    .map((array) => ({ array, system: array.get("system") }))
    .filter(({ system }) => !system.absent)
    .map(({ array, system }) => ({ array, holds: system.boolean() }));
  const unread = said.map(({ holds }) => holds).find(({ state }) => state !== "known");
  if (unread) return mapFact(unread, () => "");
  const [first, ...others] = said.filter(({ holds }) => valueOf(holds) === true);
  if (!first) return unknown(`no array of ${name} is declared to hold its system`, server.source);
  return others.length > 0
    ? unknown(`several arrays of ${name} are declared to hold its system`, server.source)
    : first.array.get("name").text();
}

/** A class may lie on the array of the same name of every server; arrays with different names contradict each other. */
function storageClassesOf(servers: readonly Field[]): Site["storageClasses"] {
  const found = new Map<string, Fact<string>>();
  for (const array of servers.flatMap((server) => server.get("arrays").items())) {
    const name = array.get("name").text();
    for (const entry of array.get("storageClasses").items()) {
      const storageClass = plain(entry);
      if (storageClass === undefined) continue;
      const before = found.get(storageClass);
      const clash = before?.state === "known" && name.state === "known" && before.value !== name.value;
      found.set(
        storageClass,
        clash
          ? unknown(
              `storage class ${storageClass} lies on array ${before.value} and on array ${name.value}`,
              entry.source,
            )
          : (before ?? name),
      );
    }
  }
  return [...found].map(([name, array]) => ({ name, array }));
}
