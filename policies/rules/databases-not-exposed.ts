import { podLabels, textMap } from "../../resilience/observe/declarations.ts";
import type { Declarations, Declared } from "../../resilience/observe/declarations.ts";
import { isObject } from "../../resilience/observe/field.ts";
import { findGateways } from "../../resilience/observe/gateways.ts";
import { choosesByLabels, databasesOf, servicesOf } from "../databases.ts";
import type { Database } from "../databases.ts";
import { Findings } from "../findings.ts";
import { awaitsKeys } from "../keys-awaited.ts";
import { objectsOf } from "../objects.ts";
import { podSpecOf } from "../pods.ts";
import type { StackRule } from "../rule.ts";
import { anyPods, strangers } from "../traffic.ts";

/** Types of Services that the outside of a cluster reaches. */
const OPEN_TYPES: readonly unknown[] = ["LoadBalancer", "NodePort"];
/** Objects that lead requests from outside to Services. */
const ROUTES: readonly string[] = [
  "networking.k8s.io/Ingress",
  "traefik.io/IngressRoute",
  "traefik.io/IngressRouteTCP",
  "gateway.networking.k8s.io/HTTPRoute",
  "gateway.networking.k8s.io/TCPRoute",
];

export const databasesNotExposed: StackRule = {
  kind: "stack",
  name: "databases-not-exposed",
  what: "No database can be reached from outside its cluster, but through the overlay.",
  ids: ["S1.6"],
  why: "A database that the internet reaches is attacked by everybody, and stands or falls with its passwords.",
  fix: "Let Services of type ClusterIP alone choose a database's pods, route nothing to them, and admit only named pods to them.",
  level: "mandatory",
  subject: "a CloudNativePG Cluster, or a member of a MongoDB replica set",
  expected: (view) => !awaitsKeys(view),
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    for (const database of databasesOf(view)) {
      findings.subject();
      const services = servicesOf(objects, database);
      for (const service of services) openService(service, database, findings);
      for (const route of ROUTES.flatMap((kind) => objects.ofKind(kind))) routed(route, services, database, findings);
      managedServices(database, findings);
      hostPorts(database, findings);
      admitsEverybody(objects, database, findings);
    }
    openGateways(objects, findings);
    return findings.verdict();
  },
};

function openService(service: Declared, { what }: Database, findings: Findings): void {
  const spec = service.inputs.get("spec");
  const type = spec.get("type");
  if (type.pending)
    findings.wait(`the type of Service ${service.name}, which leads to ${what}, is known only after an up`);
  if (OPEN_TYPES.includes(type.value))
    findings.add(service.urn, `Service ${service.name} of type ${String(type.value)} leads to ${what}.`);
  if (spec.get("externalIPs").items().length > 0)
    findings.add(service.urn, `Service ${service.name} has externalIPs and leads to ${what}.`);
}

/** A route names the Services that it leads to somewhere in its rules, each kind in another place. */
function routed(route: Declared, services: readonly Declared[], { what }: Database, findings: Findings): void {
  const names = namesIn(route.inputs.get("spec").value);
  const found = services.find(({ name, namespace }) => namespace === route.namespace && names.has(name));
  if (found)
    findings.add(
      route.urn,
      `${route.kind.split("/")[1] ?? ""} ${route.name} leads to ${what} by Service ${found.name}.`,
    );
}

function namesIn(value: unknown): ReadonlySet<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...namesIn(item)]));
  if (!isObject(value)) return new Set();
  const own = typeof value["name"] === "string" ? [value["name"]] : [];
  return new Set([...own, ...Object.values(value).flatMap((item) => [...namesIn(item)])]);
}

/** Services that CloudNativePG 1.27 makes because the Cluster says so. */
function managedServices({ what, declared }: Database, findings: Findings): void {
  for (const one of declared.inputs.get("spec", "managed", "services", "additional").items()) {
    const type = one.get("serviceTemplate", "spec", "type").value;
    if (OPEN_TYPES.includes(type)) findings.add(declared.urn, `${what} has a managed Service of type ${String(type)}.`);
  }
}

function hostPorts({ what, declared }: Database, findings: Findings): void {
  const podSpec = podSpecOf(declared.resource);
  if (!podSpec) return;
  if (podSpec.get("hostNetwork").value === true)
    findings.add(declared.urn, `${what} runs in its server's own network.`);
  const ports = podSpec
    .get("containers")
    .items()
    .flatMap((container) => container.get("ports").items());
  if (ports.some((port) => !port.get("hostPort").absent))
    findings.add(declared.urn, `${what} listens on a port of its server (hostPort).`);
}

/** A rule without peers lets in everybody, one with addresses lets in whoever has them, an empty selector whatever runs. */
function admitsEverybody(objects: Declarations, database: Database, findings: Findings): void {
  for (const policy of objects.ofKind("networking.k8s.io/NetworkPolicy")) {
    const spec = policy.inputs.get("spec");
    if (policy.namespace !== database.namespace || !database.chosenBy(spec.get("podSelector"))) continue;
    for (const rule of spec.get("ingress").items()) {
      const whom = strangers(rule, "from") ?? anyPods(rule, "from");
      if (whom) findings.add(policy.urn, `NetworkPolicy ${policy.name} admits ${whom} to ${database.what}.`);
    }
  }
}

/** Behind a gateway's TCP ports databases and backups answer, the own site's and the other's; its tunnel is UDP. */
function openGateways(objects: Declarations, findings: Findings): void {
  for (const { workload } of findGateways(objects)) {
    for (const service of objects.ofKind("/Service")) {
      const spec = service.inputs.get("spec");
      const type = spec.get("type").value;
      if (service.namespace !== workload.namespace || !OPEN_TYPES.includes(type)) continue;
      if (!choosesByLabels(textMap(spec.get("selector")), podLabels(workload))) continue;
      const tcp = spec
        .get("ports")
        .items()
        .filter((port) => port.get("protocol").value !== "UDP");
      for (const port of tcp)
        findings.add(
          service.urn,
          `Service ${service.name} of type ${String(type)} opens port ${String(port.get("port").value)} of the gateway, behind which databases answer. Open the tunnel's UDP port alone.`,
        );
    }
  }
}
