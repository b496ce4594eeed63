import type { Declarations, Declared } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import type { Field } from "../../resilience/observe/field.ts";
import { findGateways } from "../../resilience/observe/gateways.ts";
import { Hosts } from "../../resilience/observe/hosts.ts";
import { Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { alone } from "../platform-sites.ts";
import { containersOf, podSpecOf } from "../pods.ts";
import type { StackRule } from "../rule.ts";

/** PostgreSQL's modes in which a client refuses a server that no known authority vouches for (17, libpq). */
const VERIFYING: readonly unknown[] = ["verify-ca", "verify-full"];

/** Objects of Traefik (3.7) that name the Services to which requests go. */
const FORWARDING: readonly string[] = [
  "traefik.io/IngressRoute",
  "traefik.io/IngressRouteTCP",
  "traefik.io/TraefikService",
];

export const encryptedBetweenSites: StackRule = {
  kind: "stack",
  name: "encrypted-between-sites",
  what: "What passes between the sites is encrypted, and each end knows the other by its key.",
  ids: ["S1.6", "S7.8"],
  why: "The internet lies between the sites: whoever stands there would read users' data, or change it.",
  fix: "Give each peer of the tunnel its public key, let the other site's names lead to the gateway, stream with sslmode verify-ca or verify-full, and store backups over HTTPS.",
  level: "mandatory",
  subject: "a tunnel to another site",
  expected: ({ stack }) => !alone(stack),
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    tunnels(objects, findings);
    const hosts = new Hosts(objects);
    for (const cluster of objects.ofKind("postgresql.cnpg.io/Cluster")) replication(hosts, cluster, findings);
    for (const { urn, members } of view.system.mongo) {
      const config = objects.byUrn(urn);
      if (config) for (const { name } of members) pastTheTunnel(hosts, config, name, findings);
    }
    for (const route of FORWARDING.flatMap((kind) => objects.ofKind(kind))) forwarded(hosts, route, findings);
    for (const store of objects.ofKind("barmancloud.cnpg.io/ObjectStore")) backups(store, findings);
    for (const job of objects.ofKind("batch/CronJob")) copies(job, findings);
    for (const { urn, name, inputs } of objects.ofType("azure-native:storage:StorageAccount"))
      if (inputs.get("enableHttpsTrafficOnly").value === false)
        findings.add(urn, `The account ${name} takes backups over plain HTTP, too. Leave enableHttpsTrafficOnly on.`);
    return findings.verdict();
  },
};

/** WireGuard carries nothing that is not encrypted to a peer's key. */
function tunnels(objects: Declarations, findings: Findings): void {
  for (const { workload, tunnel } of findGateways(objects)) {
    findings.subject();
    const file = findings.read(
      tunnel,
      `the tunnel of ${workload.name}`,
      workload.urn,
      "Mount a WireGuard configuration",
    );
    if (!file) continue;
    // A peer's key comes with the first up of its site: until then nothing passes.
    if (file.peers.length === 0) findings.wait(`the tunnel of ${workload.name} has no peer before the other site's up`);
    for (const { publicKey, endpoint, allowedIps } of file.peers) {
      if (publicKey !== undefined) continue;
      findings.add(workload.urn, `Peer ${endpoint ?? allowedIps.join(", ")} of the tunnel has no public key.`);
    }
  }
}

/** A database's name that leads out of the cluster leads past the gateway, where nothing encrypts. */
function pastTheTunnel(hosts: Hosts, user: Declared, host: string, findings: Findings): void {
  const { target } = hosts.resolve(user.site, user.namespace, host);
  if (target.state === "pending") findings.wait(`where ${host} leads: ${target.why}`);
  if (target.state !== "known" || target.value.kind !== "external") return;
  findings.add(
    user.urn,
    `${host}, by which ${user.name} reaches it, leads to ${target.value.address}, past the tunnel.`,
  );
}

function replication(hosts: Hosts, cluster: Declared, findings: Findings): void {
  for (const external of cluster.inputs.get("spec", "externalClusters").items()) {
    const parameters = external.get("connectionParameters");
    if (parameters.get("host").absent) continue;
    const mode = parameters.get("sslmode");
    const name = plain(external.get("name")) ?? external.path;
    pastTheTunnel(hosts, cluster, plain(parameters.get("host")) ?? "", findings);
    if (mode.pending) findings.wait(`the sslmode by which ${cluster.name} reaches ${name}`);
    else if (!VERIFYING.includes(mode.value))
      findings.add(
        cluster.urn,
        `${cluster.name} streams from ${name} with sslmode ${plain(mode) ?? "prefer"}, which trusts any server.`,
      );
  }
}

/** A request that leaves the cluster unencrypted: by a Service that stands for a name or an address outside. */
function forwarded(hosts: Hosts, route: Declared, findings: Findings): void {
  for (const service of servicesIn(route.inputs.get("spec"))) {
    const name = plain(service.get("name"));
    if (name === undefined || service.get("scheme").value === "https") continue;
    const { target } = hosts.resolve(route.site, plain(service.get("namespace")) ?? route.namespace, name);
    if (target.state === "pending") findings.wait(`where ${name} leads: ${target.why}`);
    if (target.state === "known" && target.value.kind === "external")
      findings.add(
        route.urn,
        `${route.name} sends requests by ${name} to ${target.value.address}, past the tunnel and unencrypted. Let the name lead to the gateway.`,
      );
  }
}

/** Whatever in a route names a Service: each kind of it in another place, and always with a port. */
function servicesIn(field: Field): readonly Field[] {
  const inner = [...field.items(), ...field.entries().map(([, value]) => value)].flatMap(servicesIn);
  return field.get("port").absent ? inner : [field, ...inner];
}

/** Backups that a job makes or fetches: what is no name of the cluster is reached over the network between. */
function copies(job: Declared, findings: Findings): void {
  const podSpec = podSpecOf(job.resource);
  for (const { field } of podSpec ? containersOf(podSpec) : [])
    for (const variable of field.get("env").items()) {
      const address = plain(variable.get("value")) ?? "";
      const name = plain(variable.get("name")) ?? "";
      if (/_ENDPOINT$/.test(name) && /^http:\/\/(?![^/]*\.svc(\.cluster\.local)?[:/]?)/.test(address))
        findings.add(job.urn, `CronJob ${job.name} reaches backups at ${address} (${name}), unencrypted. Use HTTPS.`);
    }
}

function backups(store: Declared, findings: Findings): void {
  const configuration = store.inputs.get("spec", "configuration");
  for (const key of ["endpointURL", "destinationPath"]) {
    const address = plain(configuration.get(key));
    if (address?.startsWith("http://") === true)
      findings.add(store.urn, `ObjectStore ${store.name} sends backups to ${address}, unencrypted.`);
  }
}
