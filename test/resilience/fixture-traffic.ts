import type { AddressRecord, Backend, NameServer, Proxy, Route } from "../../resilience/system.ts";
import { fact, restart, urn } from "./fixture-facts.ts";

const PATHS: Readonly<Record<string, string>> = { core: "/core", alastair: "/alastair", frontend: "/" };
const READS = ["GET", "HEAD", "OPTIONS"];

function route(
  at: string,
  entry: Route["entry"],
  name: string,
  methods: readonly string[] | undefined,
  backends: readonly Backend[],
): Route {
  const path = PATHS[name] ?? "/";
  return {
    urn: urn(at, "kubernetes:traefik.io/v1alpha1:IngressRoute", `proxy-${entry}-${name}${methods ? "-read" : ""}`),
    hosts: ["my.example.org"],
    paths: [path],
    methods,
    priority: undefined,
    entry,
    backends,
    failoverOn: backends.length > 1 ? ["502-504"] : [],
    rule: `Host(\`my.example.org\`) && PathPrefix(\`${path}\`)${methods ? ` && (${methods.map((m) => `Method(\`${m}\`)`).join(" || ")})` : ""}`,
  };
}

export function proxy(at: string): Proxy {
  const other = at === "aachen" ? "titan" : "aachen";
  const backend = (target: string, service: string | undefined): Backend => ({
    site: target,
    service,
    urn: urn(at, "kubernetes:core/v1:Service", service ?? "notice"),
  });
  const notice = backend(at, undefined);
  const routes = ["core", "alastair", "frontend"].flatMap((name) => {
    const stateless = name === "frontend";
    return [
      route(at, "public", name, READS, [backend(at, name), backend(other, name)]),
      route(
        at,
        "public",
        name,
        undefined,
        at === "aachen" || stateless ? [backend(at, name), notice] : [backend("aachen", name), notice],
      ),
      route(at, "overlay", name, undefined, [backend(at, name)]),
    ];
  });
  return {
    site: at,
    urn: urn(at, "kubernetes:apps/v1:Deployment", "proxy"),
    replicas: fact(2),
    routes,
    dialTimeout: fact(1),
    writeDialTimeout: fact(4),
    firstByteTimeout: fact(5),
    writeTimeout: fact(30),
    restart,
  };
}

export function nameServer(at: string): NameServer {
  const of = urn(at, "kubernetes:core/v1:ConfigMap", "nameserver");
  const record: AddressRecord = {
    name: "my.example.org",
    ttl: 5,
    targets: [
      { site: "aachen", address: "192.0.2.10", weight: 1 },
      { site: "titan", address: "198.51.100.20", weight: 1 },
    ],
    check: { interval: 2, timeout: 1, failures: 1 },
    source: { urn: of, path: "data" },
  };
  return {
    site: at,
    urn: urn(at, "kubernetes:apps/v1:Deployment", "nameserver"),
    runsOn: "site",
    zone: "example.org",
    replicas: fact(1),
    records: [record],
    restart,
  };
}
