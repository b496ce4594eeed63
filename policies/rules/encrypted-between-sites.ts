import type { Declarations, Declared } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import { findGateways } from "../../resilience/observe/gateways.ts";
import { Hosts } from "../../resilience/observe/hosts.ts";
import { Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { alone } from "../platform-sites.ts";
import type { StackRule } from "../rule.ts";

/** PostgreSQL's modes in which a client refuses a server that no known authority vouches for (17, libpq). */
const VERIFYING: readonly unknown[] = ["verify-ca", "verify-full"];

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
    for (const store of objects.ofKind("barmancloud.cnpg.io/ObjectStore")) backups(store, findings);
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

function backups(store: Declared, findings: Findings): void {
  const configuration = store.inputs.get("spec", "configuration");
  for (const key of ["endpointURL", "destinationPath"]) {
    const address = plain(configuration.get(key));
    if (address?.startsWith("http://") === true)
      findings.add(store.urn, `ObjectStore ${store.name} sends backups to ${address}, unencrypted.`);
  }
}
