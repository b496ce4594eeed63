import type { Topology } from "../topologies/types.ts";
import type { Peer } from "./context.ts";
import { exportsOf, namespaces, tunnelAddress } from "./names.ts";
import type { ExportedService } from "./names.ts";
import { ports } from "./ports.ts";

/** What the gateway's configuration is made of: plain values only. */
export interface GatewayPlan {
  readonly topology: Topology;
  /** The site whose gateway it is. */
  readonly site: string;
  readonly peers: readonly Pick<Peer, "site" | "overlayEndpoint" | "wireguardPublicKey">[];
}

/**
 * Bytes of a packet inside the tunnel: WireGuard adds 60 over IPv4 (20 IP, 8 UDP, 32 its own), and the pod network
 * below may already have taken 50 for VXLAN off 1500; 1380 fits into both with 10 to spare.
 */
const TUNNEL_MTU = 1380;

/** Seconds between two checks of a peer's gateway, and how many must fail before connections to it are given up. */
const PEER_CHECK = { interval: 1, failures: 3 } as const;

/** The sites at the other ends of the tunnels, in the topology's order, whether they were brought up yet or not. */
export function remoteSites(topology: Topology, site: string): readonly string[] {
  return topology.sites.map(({ name }) => name).filter((name) => name !== site);
}

/** Services of other sites that are reached through the gateway. */
export function remoteServices(topology: Topology, site: string): readonly ExportedService[] {
  return remoteSites(topology, site).flatMap((remote) => exportsOf(topology, remote));
}

/**
 * `wg0.conf` in the format of `wg-quick`, but without the private key, which lies in a Secret. A peer whose public key
 * is not known yet has no section: the next `up` brings it.
 */
export function wireguardConfig({ topology, site, peers }: GatewayPlan): string {
  const [, prefix = "32"] = topology.overlay.network.split("/");
  const sections = [
    [
      "[Interface]",
      `Address = ${tunnelAddress(topology, site)}/${prefix}`,
      `ListenPort = ${topology.overlay.port}`,
      `MTU = ${TUNNEL_MTU}`,
    ],
  ];
  for (const remote of remoteSites(topology, site)) {
    const peer = peers.find((candidate) => candidate.site === remote);
    if (!peer?.wireguardPublicKey) continue;
    sections.push([
      `# ${remote}`,
      "[Peer]",
      `PublicKey = ${peer.wireguardPublicKey}`,
      `AllowedIPs = ${tunnelAddress(topology, remote)}/32`,
      ...(peer.overlayEndpoint ? [`Endpoint = ${peer.overlayEndpoint}`] : []),
      `PersistentKeepalive = ${topology.overlay.keepalive}`,
    ]);
  }
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/**
 * HAProxy's configuration: one `listen` section per forward. What the other sites send arrives on the tunnel address and
 * goes to the Service of this site; what this site sends arrives on the pod's own address and goes to the peer's tunnel
 * address, under the same port, which each site has a range of its own for.
 *
 * A peer is checked by itself, not per forward (a check that reached a database would fill its log): when its gateway
 * does not answer, all forwards to it close at once, so that a client fails over instead of waiting, and the two halves
 * of a cut connection do not linger.
 */
export function haproxyConfig({ topology, site }: Pick<GatewayPlan, "topology" | "site">): string {
  const own = tunnelAddress(topology, site);
  const remotes = remoteSites(topology, site);
  return [
    PREAMBLE,
    section("frontend metrics", [
      "mode http",
      `bind :${ports.gateway.metrics}`,
      notFromTunnel(own),
      "monitor-uri /healthz",
      "http-request use-service prometheus-exporter if { path /metrics }",
    ]),
    section("frontend tunnel-health", [
      "mode http",
      `bind ${own}:${ports.gateway.health}`,
      "http-request return status 200",
    ]),
    ...exportsOf(topology, site).map((service) => inbound(service, own)),
    ...remotes.map((remote) =>
      section(`backend peer-${remote}`, [
        `server tunnel ${tunnelAddress(topology, remote)}:${ports.gateway.health} check inter ${PEER_CHECK.interval}s fall ${PEER_CHECK.failures} rise 1`,
      ]),
    ),
    ...remotes.flatMap((remote) => exportsOf(topology, remote).map((service) => outbound(service, topology, own))),
  ].join("\n");
}

/**
 * `hold valid 1s`: a headless Service names pods, whose addresses change when they restart. What DNS said last is kept
 * while DNS itself is silent. Idle connections of databases are kept for an hour; dead ones are found by keep-alive.
 */
const PREAMBLE = `global
    log stdout format raw local0 notice
    maxconn 4096

defaults
    mode tcp
    log global
    timeout connect 1s
    timeout check 1s
    timeout client 1h
    timeout server 1h
    retries 1
    option clitcpka
    option srvtcpka
    clitcpka-idle 10s
    clitcpka-intvl 5s
    clitcpka-cnt 3
    srvtcpka-idle 10s
    srvtcpka-intvl 5s
    srvtcpka-cnt 3

resolvers cluster
    parse-resolv-conf
    accepted_payload_size 8192
    resolve_retries 2
    timeout resolve 1s
    timeout retry 1s
    hold valid 1s
    hold obsolete 1s
    hold nx 1s
    hold timeout 1h
    hold refused 1h
    hold other 1h
`;

function section(head: string, lines: readonly string[]): string {
  return `${head}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}

/**
 * `init-addr none`: a Service that this site does not have now (a member that only the other role runs) leaves its
 * forward without a server, instead of keeping the gateway from starting.
 */
function inbound({ service, port, tunnelPort }: ExportedService, own: string): string {
  const host = `${service}.${namespaces.platform}.svc.cluster.local`;
  return section(`listen ${service}`, [
    `bind ${own}:${tunnelPort} tcp-ut 10s`,
    `server ${service} ${host}:${port} resolvers cluster resolve-prefer ipv4 init-addr none`,
  ]);
}

/** What comes through the tunnel is for this site: no gateway passes one peer on to another. */
const notFromTunnel = (own: string): string => `tcp-request connection reject if { dst ${own} }`;

/**
 * A forward whose peer is gone refuses with a reset. Without this rule HAProxy takes the connection and then closes it,
 * and Traefik (3.7.11) makes a plain 500 of some of those instead of a 502: such a read would not fail over, and such a
 * write would not be told when to come again.
 */
const resetWhenGone = (site: string): string => `tcp-request connection reject if { nbsrv(peer-${site}) eq 0 }`;

function outbound({ service, site, tunnelPort }: ExportedService, topology: Topology, own: string): string {
  const peer = tunnelAddress(topology, site);
  return section(`listen ${service}`, [
    `bind :${tunnelPort}`,
    notFromTunnel(own),
    resetWhenGone(site),
    `server ${service} ${peer}:${tunnelPort} track peer-${site}/tunnel on-marked-down shutdown-sessions tcp-ut 10s`,
  ]);
}
