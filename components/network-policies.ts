import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { ServiceConfig } from "../config/schema.ts";
import type { Topology } from "../topologies/types.ts";
import { hasOtherSites } from "./context.ts";
import type { Peer, SiteContext } from "./context.ts";
import { MONITORING_NAMESPACE } from "./monitoring-names.ts";
import { labels, namespaces, postgresName, proxyName, backupName } from "./names.ts";
import type { ExportedService } from "./names.ts";
import { remoteServices } from "./overlay-config.ts";
import { ports } from "./ports.ts";

type Spec = NonNullable<INetworkPolicy["spec"]>;
type PodSelector = NonNullable<Spec["podSelector"]>;
/** The API's own type, but with the selector that it wants too. */
export type PolicySpec = Spec & { podSelector: PodSelector };
type Rule = NonNullable<PolicySpec["ingress"]>[number];
type ExitRule = NonNullable<PolicySpec["egress"]>[number];
type RulePeer = NonNullable<Rule["from"]>[number];

export interface PolicyPlan {
  /** `metadata.name`. */
  readonly policy: string;
  readonly namespace: string;
  readonly spec: PolicySpec;
}

/** Namespace of CloudNativePG's operator and of its backup plug-in, which must share one. */
export const POSTGRES_OPERATOR_NAMESPACE = "cnpg-system";
/** Where a Kubernetes API server listens: behind its Service's 443 mostly 6443 (kubeadm, k3s), at providers 443. */
const API_SERVER_PORTS = [443, 6443] as const;

const component = (name: string): PodSelector => ({
  matchLabels: { "app.kubernetes.io/component": labels(name)["app.kubernetes.io/component"] ?? name },
});
/** The operator labels instances and the pods of its jobs itself. */
const instances: PodSelector = { matchExpressions: [{ key: "cnpg.io/cluster", operator: "Exists" }] };
const servicesUsing = (services: readonly ServiceConfig[], store: ServiceConfig["store"]): readonly PodSelector[] =>
  services.filter((service) => service.store === store).map(({ name }) => ({ matchLabels: labels("service", name) }));

/** Everything but private and link-local addresses (RFC 1918, RFC 6598, RFC 3927), where clusters and their neighbours live. */
const internet: RulePeer = {
  ipBlock: {
    cidr: "0.0.0.0/0",
    except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  },
};
/** Web, and mail submission with and without STARTTLS. */
const INTERNET_PORTS = [80, 443, 465, 587] as const;

const namespace = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
const here = (podSelector: PodSelector): RulePeer => ({ podSelector });
const inside = (name: string, podSelector?: PodSelector): RulePeer => ({
  namespaceSelector: namespace(name),
  ...(podSelector ? { podSelector } : {}),
});

const tcp = (numbers: readonly number[]): Rule["ports"] =>
  [...new Set(numbers)].map((port) => ({ protocol: "TCP", port }));
const udp = (numbers: readonly number[]): Rule["ports"] =>
  [...new Set(numbers)].map((port) => ({ protocol: "UDP", port }));

/** An empty list would mean "all": a rule without peers or ports is no rule. */
const from = (peers: readonly RulePeer[], allowed: Rule["ports"]): readonly Rule[] =>
  peers.length > 0 && allowed && allowed.length > 0 ? [{ from: [...peers], ports: allowed }] : [];
const to = (peers: readonly RulePeer[], allowed: Rule["ports"]): readonly ExitRule[] =>
  peers.length > 0 && allowed && allowed.length > 0 ? [{ to: [...peers], ports: allowed }] : [];

type Egress = readonly ExitRule[];

/** A rule without peers: everybody, the API server and nodes too, which some networks match by no `ipBlock` (Cilium). */
const fromAnywhere = (allowed: Rule["ports"]): readonly Rule[] => [{ ports: allowed }];
const toAnywhere = (allowed: Rule["ports"]): Egress => [{ ports: allowed }];

function plan(
  name: string,
  space: string,
  podSelector: PodSelector,
  rules: { readonly ingress?: readonly (readonly Rule[])[]; readonly egress?: readonly Egress[] },
): PolicyPlan {
  const { ingress, egress } = rules;
  return {
    policy: name,
    namespace: space,
    spec: {
      podSelector,
      policyTypes: [...(ingress ? (["Ingress"] as const) : []), ...(egress ? (["Egress"] as const) : [])],
      ...(ingress ? { ingress: ingress.flat() } : {}),
      ...(egress ? { egress: egress.flat() } : {}),
    },
  };
}

/** Nothing goes in or out but what another policy of the namespace allows; everybody may ask the cluster's DNS. */
function foundations(space: string): readonly PolicyPlan[] {
  const dns = [inside("kube-system", { matchLabels: { "k8s-app": "kube-dns" } })];
  return [
    plan("default-deny", space, {}, { ingress: [], egress: [] }),
    plan("cluster-dns", space, {}, { egress: [to(dns, [...(udp([53]) ?? []), ...(tcp([53]) ?? [])])] }),
  ];
}

/** The gateway's ports by which each kind of pod reaches its own kind at the other sites. */
function tunnelPorts(topology: Topology, site: string) {
  const remote = remoteServices(topology, site);
  const port = ({ tunnelPort }: ExportedService): number => tunnelPort;
  const named = (name: (site: string) => string) => remote.filter((one) => one.service === name(one.site)).map(port);
  const others = [postgresName, proxyName, backupName];
  return {
    proxy: named(proxyName),
    postgres: named(postgresName),
    backup: named(backupName),
    mongo: remote.filter((one) => !others.some((name) => one.service === name(one.site))).map(port),
  };
}

/**
 * The store is outside the cluster: by its address if the config gives one, else anywhere on its port. In Azure that is
 * HTTPS, by which pods also turn their cluster's token into one for the store.
 */
function backupStore({ store }: SiteContext): Egress {
  const { hostname, port, protocol } = new URL(store.endpoint);
  const allowed = tcp([port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)]);
  const isAddress = /^\d+(\.\d+){3}$/.test(hostname);
  return isAddress ? to([{ ipBlock: { cidr: `${hostname}/32` } }], allowed) : toAnywhere(allowed);
}

/** Accounts in Azure that this site pulls from, and where one signs in for them: names with ever-changing addresses. */
function pulledBlobs({ topology, site, store }: SiteContext, peers: readonly Peer[]): Egress {
  const pulled = topology.backups.copies.filter(({ to: target }) => target === site).map(({ from: source }) => source);
  const blobs = peers.some((peer) => pulled.includes(peer.site) && peer.backupStore?.protocol === "azure-blob");
  return blobs && store.protocol !== "azure-blob" ? to([internet], tcp([443])) : [];
}

/**
 * Who may reach what in the namespace of the platform. Services reach each other within the site, and of the stores only
 * their own; only proxies, databases and backups reach the gateway, each only the ports of its own kind [S1.6].
 */
export function platformPolicies(context: SiteContext, peers: readonly Peer[] = []): readonly PolicyPlan[] {
  const { platform, topology, site } = context;
  const { services } = platform;
  const remote = tunnelPorts(topology, site);
  const gateway = hasOtherSites(context) ? [inside(namespaces.overlay, component("gateway"))] : [];
  const monitoring = [inside(MONITORING_NAMESPACE)];
  const operator = [inside(POSTGRES_OPERATOR_NAMESPACE)];
  const apiServer = toAnywhere(tcp(API_SERVER_PORTS));
  const store = backupStore(context);
  const pulls = pulledBlobs(context, peers);
  const proxy = here(component("proxy"));
  const mongo = here(component("mongo"));
  const backup = here(component("backup"));
  const postgres = here(instances);
  const everyService = here(component("service"));
  const servicePorts = tcp(services.map(({ port }) => port));
  const wire = tcp([ports.mongo.wire]);
  const sql = tcp([ports.postgres.sql]);
  const published = [ports.proxy.web, ports.proxy.websecure];
  const dns = [...(udp([ports.nameserver.dns]) ?? []), ...(tcp([ports.nameserver.dns]) ?? [])];
  const space = namespaces.platform;

  return [
    ...foundations(space),
    plan("proxy", space, component("proxy"), {
      ingress: [
        fromAnywhere(tcp(published)),
        from(gateway, tcp([ports.proxy.overlay])),
        from(monitoring, tcp([ports.proxy.metrics])),
      ],
      egress: [
        to([everyService], servicePorts),
        to([here(component("notice"))], tcp([ports.notice.http])),
        to(gateway, tcp(remote.proxy)),
        apiServer,
      ],
    }),
    plan("notice", space, component("notice"), { ingress: [from([proxy], tcp([ports.notice.http]))] }),
    ...services.map(({ name, port, store: own, internetAccess }) =>
      plan(
        `service-${name}`,
        space,
        { matchLabels: labels("service", name) },
        {
          ingress: [from([proxy, everyService, ...monitoring], tcp([port]))],
          egress: [
            to([everyService], servicePorts),
            own === "postgres" ? to([postgres], sql) : [],
            own === "mongo" ? to([mongo], wire) : [],
            internetAccess ? to([internet], tcp(INTERNET_PORTS)) : [],
          ],
        },
      ),
    ),
    plan("postgres", space, instances, {
      ingress: [
        from([postgres, backup, ...servicesUsing(services, "postgres").map(here), ...gateway, ...operator], sql),
        from([postgres, ...operator], tcp([ports.postgres.status])),
        from(monitoring, tcp([ports.postgres.metrics])),
      ],
      egress: [
        to([postgres], tcp([ports.postgres.sql, ports.postgres.status])),
        to(gateway, tcp(remote.postgres)),
        apiServer,
        store,
      ],
    }),
    plan("mongo", space, component("mongo"), {
      ingress: [
        from([mongo, backup, ...servicesUsing(services, "mongo").map(here), ...gateway], wire),
        from(monitoring, tcp([ports.mongo.metrics])),
      ],
      egress: [to([mongo], wire), to(gateway, tcp(remote.mongo)), store],
    }),
    plan("backup", space, component("backup"), {
      egress: [
        to([mongo], wire),
        to([postgres], sql),
        to(gateway, tcp([...remote.backup, ...remote.mongo])),
        store,
        pulls,
      ],
    }),
    plan("nameserver", space, component("nameserver"), {
      ingress: [fromAnywhere(dns), from(monitoring, tcp([ports.nameserver.metrics]))],
      // It asks the public addresses of both sites, and its own site's may be turned into the proxy's pods on the way.
      egress: [to([proxy], tcp(published)), toAnywhere(tcp([80, 443]))],
    }),
  ];
}

/** Who may reach the gateway, and what it reaches: the tunnel's UDP, and what this site exports. */
export function overlayPolicies(context: SiteContext, peers: readonly Peer[]): readonly PolicyPlan[] {
  const { topology, site } = context;
  const remote = tunnelPorts(topology, site);
  const space = namespaces.overlay;
  const of = (podSelector: PodSelector): readonly RulePeer[] => [inside(namespaces.platform, podSelector)];
  const peerPorts = peers.flatMap(({ overlayEndpoint }) => Number(overlayEndpoint?.split(":").at(-1) ?? []) || []);

  return [
    ...foundations(space),
    plan("gateway-tunnel", space, component("gateway"), {
      ingress: [fromAnywhere(udp([topology.overlay.port]))],
      egress: [toAnywhere(udp([topology.overlay.port, ...peerPorts]))],
    }),
    plan("gateway-entry", space, component("gateway"), {
      ingress: [
        from(of(component("proxy")), tcp(remote.proxy)),
        from(of(instances), tcp(remote.postgres)),
        from(of(component("mongo")), tcp(remote.mongo)),
        from(of(component("backup")), tcp([...remote.backup, ...remote.mongo])),
        from([inside(MONITORING_NAMESPACE)], tcp([ports.gateway.metrics])),
      ],
    }),
    plan("gateway-exit", space, component("gateway"), {
      egress: [
        to(of(component("proxy")), tcp([ports.proxy.overlay])),
        to(of(instances), tcp([ports.postgres.sql])),
        to(of(component("mongo")), tcp([ports.mongo.wire])),
        backupStore(context),
      ],
    }),
  ];
}
