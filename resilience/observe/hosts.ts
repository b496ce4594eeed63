import { known, unknown } from "../fact.ts";
import type { Fact, Source } from "../fact.ts";
import { textMap } from "./declarations.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";
import { inRange } from "./gateway-files.ts";
import { findGateways, gatewayAt } from "./gateways.ts";
import type { Gateway } from "./gateways.ts";
import { portOf, roleOf, serviceName } from "./names.ts";

/** What a host name leads to in the end. */
export type Target =
  | {
      readonly kind: "postgres";
      readonly site: string;
      readonly cluster: Declared;
      readonly instances: "primary" | "replicas" | "any";
    }
  | { readonly kind: "workload"; readonly site: string; readonly workload: Declared; readonly service: Declared }
  /** An address outside the clusters. */
  | { readonly kind: "external"; readonly site: string; readonly address: string; readonly port: number | undefined };

/** Where a host leads, and every step of the way, each a place in a resource. */
export interface Resolution {
  readonly target: Fact<Target>;
  /** The way ends for certain, with nothing declared behind it; otherwise an unknown target may lie in what was not read. */
  readonly deadEnd?: true;
  /** Port of the gateway by which the way enters the tunnel, if it does. */
  readonly tunnelPort?: number;
  readonly chain: readonly Source[];
}

/** More steps than this are a loop of names. */
const MOST_STEPS = 12;

export class Hosts {
  readonly gateways: readonly Gateway[];
  private readonly declarations: Declarations;
  private readonly endpoints = new Map<string, Declared>();
  private readonly cache = new Map<string, Resolution>();

  constructor(declarations: Declarations) {
    this.declarations = declarations;
    this.gateways = findGateways(declarations);
    for (const slice of declarations.ofKind("discovery.k8s.io/EndpointSlice")) {
      const service = plain(slice.inputs.get("metadata", "labels", "kubernetes.io/service-name"));
      if (service !== undefined) this.endpoints.set(`${slice.site} ${slice.namespace} ${service}`, slice);
    }
    for (const endpoints of declarations.ofKind("/Endpoints")) {
      this.endpoints.set(`${endpoints.site} ${endpoints.namespace} ${endpoints.name}`, endpoints);
    }
  }

  /**
   * Where a host name used in a namespace of a site leads: through Services, ExternalNames and the tunnel.
   *
   * @param port the port asked for; needed where a Service has several
   */
  resolve(site: string, namespace: string, host: string, port?: number): Resolution {
    const id = [site, namespace, host, port ?? ""].join(" ");
    const cached = this.cache.get(id);
    if (cached) return cached;
    const resolution = this.follow(site, namespace, host, port, []);
    this.cache.set(id, resolution);
    return resolution;
  }

  private follow(
    site: string,
    namespace: string,
    host: string,
    port: number | undefined,
    chain: readonly Source[],
  ): Resolution {
    if (chain.length > MOST_STEPS) return deadEnd(`${host} at ${site} leads in a circle`, chain.at(-1), chain);
    const name = serviceName(host, namespace);
    if (!name) return outside(site, host, port, chain);
    const service = this.declarations.find(site, "/Service", name.namespace, name.service);
    if (!service) {
      const made = this.operatorService(site, name.namespace, name.service, chain);
      if (made || !name.ambiguous)
        return made ?? deadEnd(`there is no Service ${name.namespace}/${name.service} at ${site}`, chain.at(-1), chain);
      return outside(site, host, port, chain);
    }
    const spec = service.inputs.get("spec");
    if (plain(spec.get("type")) === "ExternalName") {
      const external = spec.get("externalName");
      const target = external.text();
      if (target.state !== "known") return { target, chain };
      return this.follow(site, service.namespace, target.value, port, [...chain, external.source]);
    }
    const selector = spec.get("selector");
    if (selector.pending || selector.secret)
      return { target: selector.read<Target>("a selector", () => undefined), chain };
    return selector.entries().length > 0
      ? this.selected(service, selector, port, [...chain, selector.source])
      : this.withoutSelector(service, [...chain, { urn: service.urn, path: "spec" }]);
  }

  private selected(service: Declared, selector: Field, port: number | undefined, chain: readonly Source[]): Resolution {
    const { site, namespace } = service;
    const labels = textMap(selector);
    const source = selector.source;
    const clusterName = labels["cnpg.io/cluster"];
    if (clusterName !== undefined) {
      const cluster = this.declarations.find(site, "postgresql.cnpg.io/Cluster", namespace, clusterName);
      if (!cluster)
        return deadEnd(
          `Service ${service.name} at ${site} selects cluster ${clusterName}, which is not declared`,
          source,
          chain,
        );
      return { target: known<Target>({ kind: "postgres", site, cluster, instances: roleOf(labels) }, source), chain };
    }
    const [workload, ...others] = this.declarations.selected(site, namespace, labels);
    if (!workload)
      return deadEnd(`Service ${namespace}/${service.name} at ${site} selects no declared workload`, source, chain);
    if (others.length > 0) {
      const names = [workload, ...others].map((one) => one.name).join(", ");
      return lost(`Service ${namespace}/${service.name} at ${site} selects several workloads: ${names}`, source, chain);
    }
    const gateway = this.gateways.find((one) => one.workload === workload);
    const targetPort = gateway ? portOf(service, port, workload) : undefined;
    return gateway && targetPort !== undefined
      ? this.throughTunnel(gateway, targetPort, chain)
      : { target: known<Target>({ kind: "workload", site, workload, service }, source), chain };
  }

  /** From the gateway's port, to the peer's tunnel address, to the peer's Service. */
  private throughTunnel(gateway: Gateway, port: number, chain: readonly Source[]): Resolution {
    const { forwards, tunnel } = gateway;
    if (forwards.state !== "known") return { target: forwards, chain };
    if (tunnel.state !== "known") return { target: tunnel, chain };
    const out =
      forwards.value.find((forward) => forward.port === port && forward.address === undefined) ??
      forwards.value.find((forward) => forward.port === port);
    if (!out)
      return deadEnd(
        `the gateway at ${gateway.site} forwards nothing from port ${port}`,
        gateway.forwardsSource,
        chain,
      );
    const [server, ...more] = out.servers;
    if (!server || more.length > 0)
      return lost(
        `the gateway at ${gateway.site} forwards port ${port} to ${out.servers.length} servers: one is wanted`,
        gateway.forwardsSource,
        chain,
      );
    if (!tunnel.value.peers.some(({ allowedIps }) => allowedIps.some((range) => inRange(server.host, range)))) {
      return lost(
        `${server.host} is the tunnel address of no peer of the gateway at ${gateway.site}`,
        gateway.tunnelSource,
        chain,
      );
    }
    const steps = [...chain, gateway.forwardsSource, gateway.tunnelSource];
    const peer = gatewayAt(this.gateways, server.host);
    if (!peer)
      return lost(
        `the peer with tunnel address ${server.host} is in none of the stacks that were read`,
        gateway.tunnelSource,
        steps,
      );
    if (peer.forwards.state !== "known") return { target: peer.forwards, chain: steps };
    const inward = peer.forwards.value.find(
      (forward) => forward.port === server.port && (forward.address === undefined || forward.address === server.host),
    );
    const end = inward?.servers[0];
    if (!inward || !end || inward.servers.length > 1) {
      const why = `the gateway at ${peer.site} does not forward port ${server.port} of ${server.host} to one Service`;
      return deadEnd(why, peer.forwardsSource, steps);
    }
    const there = this.follow(peer.site, peer.workload.namespace, end.host, end.port, [...steps, peer.forwardsSource]);
    return { ...there, tunnelPort: port };
  }

  private withoutSelector(service: Declared, chain: readonly Source[]): Resolution {
    const { site, namespace, name } = service;
    const slice = this.endpoints.get(`${site} ${namespace} ${name}`);
    const source = { urn: service.urn, path: "spec" };
    if (!slice)
      return deadEnd(`Service ${namespace}/${name} at ${site} has neither selector nor endpoints`, source, chain);
    const lists =
      slice.kind === "/Endpoints"
        ? slice.inputs
            .get("subsets", 0, "addresses")
            .items()
            .map((item) => item.get("ip"))
        : slice.inputs.get("endpoints", 0, "addresses").items();
    const ports =
      slice.kind === "/Endpoints"
        ? slice.inputs.get("subsets", 0, "ports", 0, "port")
        : slice.inputs.get("ports", 0, "port");
    const [address, ...others] = lists;
    const read =
      address?.text() ?? unknown<string>(`${slice.name} has no address`, { urn: slice.urn, path: "endpoints" });
    if (read.state !== "known") return { target: read, chain };
    if (others.length > 0) return lost(`${slice.name} has several addresses`, read.source, chain);
    const value = typeof ports.value === "number" ? ports.value : undefined;
    return {
      target: known<Target>({ kind: "external", site, address: read.value, port: value }, read.source),
      chain: [...chain, read.source],
    };
  }

  /** Services that CloudNativePG 1.27 makes for a Cluster unless they are switched off: -rw, -ro, -r. */
  private operatorService(
    site: string,
    namespace: string,
    name: string,
    chain: readonly Source[],
  ): Resolution | undefined {
    const match = /^(.+)-(rw|ro|r)$/.exec(name);
    const cluster = match && this.declarations.find(site, "postgresql.cnpg.io/Cluster", namespace, match[1] ?? "");
    if (!match || !cluster) return undefined;
    const disabled = cluster.inputs.get("spec", "managed", "services", "disabledDefaultServices");
    if (disabled.items().some(({ value }) => value === match[2])) return undefined;
    const instances = match[2] === "rw" ? "primary" : match[2] === "ro" ? "replicas" : "any";
    const source = { urn: cluster.urn, path: "metadata.name" };
    return { target: known<Target>({ kind: "postgres", site, cluster, instances }, source), chain: [...chain, source] };
  }
}

/** The way ends for certain. */
function deadEnd(why: string, source: Source | undefined, chain: readonly Source[]): Resolution {
  return { target: unknown(why, source), chain, deadEnd: true };
}

/** Where the way goes on can't be read. */
function lost(why: string, source: Source | undefined, chain: readonly Source[]): Resolution {
  return { target: unknown(why, source), chain };
}

function outside(site: string, address: string, port: number | undefined, chain: readonly Source[]): Resolution {
  const source = chain.at(-1) ?? { urn: "", path: "" };
  return { target: known<Target>({ kind: "external", site, address, port }, source), chain };
}
