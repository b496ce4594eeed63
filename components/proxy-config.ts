import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import type { IIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer";
import { hasOtherSites } from "./context.ts";
import type { Peer, SiteContext } from "./context.ts";
import { namespaces } from "./names.ts";
import { ports } from "./ports.ts";
import { hostOf } from "./routes.ts";

/** Answers 200 on every host while the proxy serves, 503 while it drains: what the name servers look at. */
export const HEALTH_PATH = "/.holdfast/ping";

/** Seconds in which a client must have sent a request: Traefik's 60 (3.7) cut uploads over slow lines. */
const REQUEST_READ_TIMEOUT = 600;
/** Seconds for the requests under way when a pod ends; less than its termination grace. */
const DRAIN_TIMEOUT = 20;

/** Where the proxy listens, by entry point. */
export function proxyPorts(context: SiteContext): Readonly<Record<string, number>> {
  const { overlay, ...always } = ports.proxy;
  return hasOtherSites(context) ? { ...always, overlay } : always;
}

/** Arguments of Traefik 3.7.11. */
export function proxyArguments(context: SiteContext): readonly string[] {
  const entry = (name: string, port: number): readonly string[] => [
    `--entrypoints.${name}.address=:${port}`,
    `--entrypoints.${name}.transport.respondingtimeouts.readtimeout=${REQUEST_READ_TIMEOUT}s`,
    `--entrypoints.${name}.transport.lifecycle.gracetimeout=${DRAIN_TIMEOUT}s`,
  ];
  return [
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.level=INFO",
    "--log.format=json",
    ...entry("web", ports.proxy.web),
    // The public port, not the container's, which a redirection to the entry point by name would tell the client.
    "--entrypoints.web.http.redirections.entrypoint.to=:443",
    "--entrypoints.web.http.redirections.entrypoint.scheme=https",
    "--entrypoints.web.http.redirections.entrypoint.permanent=true",
    ...entry("websecure", ports.proxy.websecure),
    "--entrypoints.websecure.http.tls=true",
    ...(hasOtherSites(context)
      ? [
          ...entry("overlay", ports.proxy.overlay),
          // Only the other sites' proxies come in here: what they say of the client (address, scheme) is kept.
          "--entrypoints.overlay.forwardedheaders.insecure=true",
        ]
      : []),
    `--entrypoints.metrics.address=:${ports.proxy.metrics}`,
    "--metrics.prometheus=true",
    "--metrics.prometheus.entrypoint=metrics",
    "--metrics.prometheus.addrouterslabels=true",
    "--ping=true",
    "--ping.entrypoint=metrics",
    "--providers.kubernetescrd=true",
    `--providers.kubernetescrd.namespaces=${namespaces.platform}`,
    // The other site's proxy is a Service of type ExternalName.
    "--providers.kubernetescrd.allowexternalnameservices=true",
    // Without it a route whose service has no ready pod is dropped: 404 instead of failover.
    "--providers.kubernetescrd.allowemptyservices=true",
    // Without it references to one Service that differ in transport or middlewares overwrite each other.
    "--providers.kubernetescrd.safenaming=true",
    // A Role in its own namespace is all it needs.
    "--providers.kubernetescrd.disableclusterscoperesources=true",
  ];
}

/** What the proxy reads, all of it in its own namespace. */
export const PROXY_RULES = [
  { apiGroups: [""], resources: ["services", "secrets", "configmaps"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  {
    apiGroups: ["traefik.io"],
    resources: [
      "middlewares",
      "middlewaretcps",
      "ingressroutes",
      "traefikservices",
      "ingressroutetcps",
      "ingressrouteudps",
      "tlsoptions",
      "tlsstores",
      "serverstransports",
      "serverstransporttcps",
    ],
    verbs: ["get", "list", "watch"],
  },
];

/** Two, so that one can be replaced while the other serves; with more servers, or several zones, one on each. */
export function proxyReplicas({ spreadOver }: SiteContext["cluster"]): number {
  return Math.max(2, spreadOver.domains);
}

export const CERTIFICATE_SECRET = "public-tls";
export const ISSUER = "public";
export const TSIG_SECRET = "proxy-tsig";
export const TSIG_KEY_NAME = "acme";

/** Hosts of all services, each once, in alphabetical order. */
export function publicHosts(platform: SiteContext["platform"]): readonly string[] {
  return [...new Set(platform.services.map((service) => hostOf(platform, service)))].sort();
}

/**
 * The name server that takes the challenges' updates. The challenge zone is held by the keyring's site alone, which
 * knows the key first and does not move with a switchover: while it is down, no site's certificate can be renewed.
 *
 * @returns undefined while that site has told no name server yet
 */
export function challengeServer(context: SiteContext, peers: readonly Peer[]): string | undefined {
  if (context.topology.keyring === context.site) return `nameserver.${namespaces.platform}.svc.cluster.local:53`;
  const nameServer = peers.find(({ site }) => site === context.topology.keyring)?.nameServer;
  return nameServer === undefined ? undefined : `${nameServer}:53`;
}

/** Let's Encrypt by DNS-01: an HTTP-01 challenge would reach the other site half of the time. */
export function issuerSpec(platform: SiteContext["platform"], nameserver: string): IIssuer["spec"] {
  return {
    acme: {
      server: "https://acme-v02.api.letsencrypt.org/directory",
      email: platform.contact,
      privateKeySecretRef: { name: "acme-account" },
      solvers: [
        {
          dns01: {
            // The name to prove is an alias into the challenge zone.
            cnameStrategy: "Follow",
            rfc2136: {
              nameserver,
              tsigKeyName: TSIG_KEY_NAME,
              tsigAlgorithm: "HMACSHA256",
              tsigSecretSecretRef: { name: TSIG_SECRET, key: "secret" },
            },
          },
        },
      ],
    },
  };
}

/**
 * One certificate for all hosts. Let's Encrypt issues for 90 days; a renewal from the 60th day on leaves 30 days to
 * notice that it fails.
 */
export function certificateSpec(platform: SiteContext["platform"]): ICertificate["spec"] {
  return {
    secretName: CERTIFICATE_SECRET,
    dnsNames: [...publicHosts(platform)],
    duration: "2160h",
    renewBefore: "720h",
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    issuerRef: { name: ISSUER, kind: "Issuer" },
  };
}
