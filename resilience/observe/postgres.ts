import { CNPG_WAL_KEEP, WAL_SEGMENT } from "../constants.ts";
import { known, mapFact, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { PostgresCluster } from "../system.ts";
import { archiveAccessOf, archiveOf } from "./archive.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { combine, orDefault, plain } from "./field.ts";
import type { Field } from "./field.ts";
import { hangProbeOf } from "./hang-probe.ts";
import type { Hosts } from "./hosts.ts";
import { tolerationOf } from "./probes.ts";
import { parsePostgresSize, parsePostgresTime, parseQuantity } from "./quantities.ts";
import { domainOf } from "./spread.ts";
import { oneOf } from "./zones.ts";

/** What CloudNativePG 1.27.0 applies where a Cluster does not say: defaults of its CRD, of its webhook and of its
 * generated postgresql.conf (`api/v1/cluster_types.go`, `cluster_defaults.go`, `pkg/postgres/configuration.go`,
 * `pkg/specs/pods.go`), or PostgreSQL 17 where those are silent too. Seconds. */
const APPLIED = {
  instances: 1,
  failoverDelay: 0,
  switchoverDelay: 3600,
  stopDelay: 1800,
  smartShutdownTimeout: 180,
  archiveTimeout: 300,
  checkpointTimeout: 300,
  walReceiverTimeout: 5,
  walRetrieveRetry: 5,
  probePeriod: 10,
  liveness: { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
} as const;

/** Units of bare numbers in postgresql.conf (PostgreSQL 17, `pg_settings.unit`). */
const BASE_UNIT = {
  archive_timeout: 1,
  checkpoint_timeout: 1,
  wal_receiver_timeout: 0.001,
  wal_retrieve_retry_interval: 0.001,
} as const;

const WAL_KEEP_UNIT = 2 ** 20;

export function observePostgres(declarations: Declarations, hosts: Hosts): readonly PostgresCluster[] {
  return declarations.ofKind("postgresql.cnpg.io/Cluster").map((declared) => ({
    ...clusterOf(hosts, declared),
    ...archiveAccessOf(declarations, declared),
  }));
}

function clusterOf(hosts: Hosts, declared: Declared): PostgresCluster {
  const spec = declared.inputs.get("spec");
  const seconds = (name: "failoverDelay" | "switchoverDelay" | "stopDelay" | "smartShutdownTimeout"): Fact<number> =>
    orDefault(spec.get(name), spec.get(name).number(), APPLIED[name]);
  const parameter = (name: keyof typeof BASE_UNIT, applied: number): Fact<number> => {
    const field = spec.get("postgresql", "parameters", name);
    return orDefault(
      field,
      field.read("a time such as 1min", (value) => parsePostgresTime(value, BASE_UNIT[name])),
      applied,
    );
  };
  const kept = spec.get("postgresql", "parameters", "wal_keep_size");
  const replica = isReplica(declared);
  const sourceHosts = sourceHostsOf(spec, replica);
  const synchronous = synchronousOf(spec);
  return {
    site: declared.site,
    name: declared.name,
    urn: declared.urn,
    instances: orDefault(spec.get("instances"), spec.get("instances").number(), APPLIED.instances),
    replica,
    primary: primaryOf(spec.get("replica", "primary")),
    sourceHosts,
    sourceSite: sourceSiteOf(hosts, declared, sourceHosts),
    ...synchronous,
    storageClass: storageClassOf(spec.get("storage")),
    ...antiAffinityOf(spec.get("affinity")),
    failoverDelay: seconds("failoverDelay"),
    switchoverDelay: seconds("switchoverDelay"),
    stopDelay: seconds("stopDelay"),
    smartShutdownTimeout: seconds("smartShutdownTimeout"),
    livenessTimeout: livenessOf(spec),
    walReceiverTimeout: parameter("wal_receiver_timeout", APPLIED.walReceiverTimeout),
    walRetrieveRetry: parameter("wal_retrieve_retry_interval", APPLIED.walRetrieveRetry),
    archive: archiveOf(spec),
    archiveTimeout: parameter("archive_timeout", APPLIED.archiveTimeout),
    ...walSegmentOf(spec),
    checkpointTimeout: parameter("checkpoint_timeout", APPLIED.checkpointTimeout),
    walKeepSize: orDefault(
      kept,
      kept.read("a size such as 512MB", (value) => parsePostgresSize(value, WAL_KEEP_UNIT)),
      CNPG_WAL_KEEP.value,
    ),
    storage: spec.get("storage", "size").read("a size such as 20Gi", parseQuantity),
    ...restartOf(spec),
    ...hangProbeOf(declared, seconds("stopDelay")),
  };
}

/** What initdb was told, in MiB; PostgreSQL's own size where it was told nothing. Only who makes a new cluster decides it. */
function walSegmentOf(spec: Field): Pick<PostgresCluster, "walSegment"> {
  const bootstrap = spec.get("bootstrap");
  // initdb is also what the operator does where nothing is said (1.27, `defaultInitDB`).
  if (!bootstrap.absent && bootstrap.get("initdb").absent) return {};
  const size = bootstrap.get("initdb", "walSegmentSize");
  return {
    walSegment: orDefault(
      size,
      mapFact(size.number(), (mebibytes) => mebibytes * 2 ** 20),
      WAL_SEGMENT.value,
    ),
  };
}

/** CloudNativePG 1.27 `Cluster.IsReplica`: without the stanza no; `enabled` decides if it is set; else self ≠ primary. */
function isReplica(declared: Declared): Fact<boolean> {
  const stanza = declared.inputs.get("spec", "replica");
  if (stanza.absent) return known(false, stanza.source);
  const enabled = stanza.get("enabled");
  if (!enabled.absent) return enabled.boolean();
  const primary = stanza.get("primary");
  const self = stanza.get("self");
  const own = self.absent || self.value === "" ? known(declared.name, stanza.source) : self.text();
  if (own.state !== "known") return mapFact(own, () => false);
  return primary.absent ? known(true, primary.source) : mapFact(primary.text(), (name) => name !== own.value);
}

function primaryOf(field: Field): Fact<string | undefined> {
  return field.absent ? known(undefined, field.source) : field.text();
}

function sourceHostsOf(spec: Field, replica: Fact<boolean>): Fact<readonly string[]> {
  if (replica.state !== "known") return mapFact(replica, () => []);
  if (!replica.value) return known([], replica.source);
  const source = spec.get("replica", "source").text();
  if (source.state !== "known") return mapFact(source, () => []);
  const external = spec
    .get("externalClusters")
    .items()
    .find((cluster) => plain(cluster.get("name")) === source.value);
  if (!external) return unknown(`the source ${source.value} is none of spec.externalClusters`, source.source);
  const parameters = external.get("connectionParameters");
  // Without them the replica is fed from an object store alone.
  if (parameters.absent) return known([], external.source);
  return mapFact(parameters.get("host").text(), (host) => host.split(",").map((one) => one.trim()));
}

function sourceSiteOf(
  hosts: Hosts,
  declared: Declared,
  sourceHosts: Fact<readonly string[]>,
): Fact<string | undefined> {
  if (sourceHosts.state !== "known") return mapFact(sourceHosts, () => undefined);
  const targets = sourceHosts.value.map((host) => hosts.resolve(declared.site, declared.namespace, host).target);
  const sites = new Set<string>();
  for (const target of targets) {
    if (target.state !== "known") return mapFact(target, () => undefined);
    if (target.value.kind !== "postgres")
      return unknown(`${sourceHosts.value.join(",")} leads to no PostgreSQL cluster`, target.source);
    sites.add(target.value.site);
  }
  if (sites.size > 1)
    return unknown(`the source's hosts lead to several sites: ${[...sites].join(", ")}`, sourceHosts.source);
  return known([...sites][0], sourceHosts.source);
}

function synchronousOf(spec: Field): Pick<PostgresCluster, "synchronous" | "dataDurability"> {
  const stanza = spec.get("postgresql", "synchronous");
  if (stanza.absent) {
    // The older settings wait for as many standbys as are ready: writes never stop for want of one.
    const legacy = spec.get("maxSyncReplicas");
    return { synchronous: orDefault(legacy, legacy.number(), 0), dataDurability: known("preferred", stanza.source) };
  }
  const durability = stanza.get("dataDurability");
  return {
    synchronous: stanza.get("number").number(),
    dataDurability: orDefault(durability, oneOf(durability, ["required", "preferred"]), "required"),
  };
}

/** The PVC template's class goes before `storageClass`'s absence; without either, the cluster's default class is used. */
function storageClassOf(storage: Field): Fact<string> {
  const template = storage.get("pvcTemplate", "storageClassName");
  return storage.get("storageClass").absent && !template.absent ? template.text() : storage.get("storageClass").text();
}

function antiAffinityOf(affinity: Field): Pick<PostgresCluster, "antiAffinity" | "spreadOver"> {
  const enabled = affinity.get("enablePodAntiAffinity");
  if (enabled.value === false) return { antiAffinity: known("none", enabled.source) };
  if (!enabled.absent && enabled.value !== true) return { antiAffinity: mapFact(enabled.boolean(), () => "none") };
  const topology = affinity.get("topologyKey");
  const domain = topology.absent ? "node" : domainOf(topology.value);
  if (domain === undefined) {
    const why = `instances are spread by ${JSON.stringify(topology.value)}, neither by node nor by zone`;
    return { antiAffinity: unknown(why, topology.source) };
  }
  const type = affinity.get("podAntiAffinityType");
  return {
    antiAffinity: orDefault(type, oneOf(type, ["required", "preferred"]), "preferred"),
    spreadOver: known(domain, topology.source),
  };
}

/** Until the kubelet restarts an instance that hangs. */
function livenessOf(spec: Field): Fact<number> {
  const probe = spec.get("probes", "liveness");
  const setting = (name: keyof typeof APPLIED.liveness): Fact<number> =>
    orDefault(probe.get(name), probe.get(name).number(), APPLIED.liveness[name]);
  const [period, timeout] = [setting("periodSeconds"), setting("timeoutSeconds")];
  if (period.state !== "known") return period;
  if (timeout.state !== "known") return timeout;
  const budget = spec.get("livenessProbeTimeout");
  const derived = probe.get("failureThreshold").absent && !budget.absent;
  const threshold = derived
    ? mapFact(budget.number(), (value) => Math.max(1, Math.ceil(value / period.value)))
    : setting("failureThreshold");
  return mapFact(threshold, (count) => period.value * count + timeout.value);
}

/** Seconds from the probes of the spec; without these the operator's hold, which the analysis knows. */
function restartOf(spec: Field): Pick<PostgresCluster, "restart"> {
  const probes = spec.get("probes");
  if (probes.absent) return {};
  const period = (name: "startup" | "readiness"): Fact<number> => {
    const field = probes.get(name, "periodSeconds");
    return orDefault(field, field.number(), APPLIED.probePeriod);
  };
  const stop = spec.get("stopDelay");
  return {
    restart: {
      hangDetection: livenessOf(spec),
      readiness: combine(
        [period("startup"), period("readiness")],
        ([startup = 0, readiness = 0]) => startup + readiness,
        probes.source,
      ),
      grace: orDefault(stop, stop.number(), APPLIED.stopDelay),
      toleration: tolerationOf(spec.get("affinity", "tolerations")),
    },
  };
}
