import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import type { core } from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import type { ManagedDns, Peer, SiteContext } from "./context.ts";
import { declareManagedZone } from "./dns-azure.ts";
import { DNS_CONFIG_DIRECTORY, DNS_DATA_DIRECTORY, dnsFiles, NAMESERVER } from "./dns-config.ts";
import type { ServedZones } from "./dns-config.ts";
import { holdsChallenges } from "./dns-zone.ts";
import { imageOf } from "./images.ts";
import { balanced, NO_LOAD_BALANCER } from "./load-balancer.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { labels, namespaces } from "./names.ts";
import { restrictedContainer, scrape, statelessPod } from "./pods.ts";
import { ports } from "./ports.ts";

export interface DnsArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** Where this site's visitors come in. */
  readonly publicAddresses: pulumi.Input<readonly string[]>;
  /** The provider's name servers, where they serve the domain for this site. @default its own one does */
  readonly managed?: ManagedDns;
  /** What the name server's Service says to the platform's balancer. @default nothing */
  readonly loadBalancer?: LoadBalancer;
  /** TSIG secret of the challenge zone (`SharedKeys.tsigSecret`); without it this site holds no challenge zone. */
  readonly tsigSecret?: pulumi.Output<string>;
}

/** The user `pdns` of PowerDNS' image. */
const PDNS_USER = 953;
const TSIG = "nameserver-tsig";

/**
 * The authoritative name server of one site [S1.1], which checks the proxies of all sites and answers with those alive:
 * its own one (PowerDNS), or its provider's. The domain is delegated to the authorities of all sites.
 *
 * The keyring's site also holds the zone in which cert-manager, of every site, proves by DNS-01 that the domain is ours:
 * always in PowerDNS, which takes signed updates, so that no site needs a provider's credentials for its certificates.
 */
export class Dns extends pulumi.ComponentResource {
  /** Names of the servers that serve the domain for this site: what its delegation lists, with those of the others. */
  readonly nameServers: pulumi.Output<readonly string[]>;

  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, peers, publicAddresses, managed } = args;
    super("holdfast:platform:Dns", name, { site: context.site, zone: context.platform.domain }, opts);
    const tsigSecret = holdsChallenges(context) ? args.tsigSecret : undefined;
    const served = { domain: managed === undefined, challenges: tsigSecret !== undefined };
    if (served.domain || served.challenges) this.declareServer(name, args, served, tsigSecret);
    this.nameServers = managed
      ? declareManagedZone(name, { context, peers, managed, address: onlyAddress(publicAddresses) }, this)
      : pulumi.output([context.facts.nameServer]);
    this.registerOutputs({});
  }

  private declareServer(
    name: string,
    { context, peers, publicAddresses, loadBalancer = NO_LOAD_BALANCER }: DnsArgs,
    served: ServedZones,
    tsigSecret: pulumi.Output<string> | undefined,
  ): void {
    const child = { parent: this };
    const podLabels = labels(NAMESERVER);
    const metadata = { name: NAMESERVER, namespace: namespaces.platform, labels: podLabels };
    const data = pulumi
      .output(publicAddresses)
      .apply((addresses) => ({ ...dnsFiles(context, [...addresses], peers, served) }));
    const config = new k8s.core.v1.ConfigMap(`${name}-config`, { metadata, data }, child);
    const secret =
      tsigSecret === undefined
        ? undefined
        : new k8s.core.v1.Secret(
            `${name}-tsig`,
            { metadata: { ...metadata, name: TSIG }, stringData: { secret: pulumi.secret(tsigSecret) } },
            child,
          );
    new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata,
        spec: {
          // One: the challenge zone lives in the pod, and a second would not know of its updates. The other site's name
          // server answers while this one is replaced.
          replicas: 1,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: podLabels },
          template: {
            metadata: {
              labels: podLabels,
              annotations: {
                ...scrape(ports.nameserver.metrics, "/metrics"),
                "holdfast/config-checksum": data.apply((files) =>
                  createHash("sha256").update(JSON.stringify(files)).digest("hex"),
                ),
              },
            },
            spec: nameServerPod(context, podLabels, secret !== undefined),
          },
        },
      },
      { ...child, dependsOn: [config, ...(secret ? [secret] : [])] },
    );
    new k8s.core.v1.Service(
      `${name}-service`,
      balanced(loadBalancer, {
        metadata,
        spec: {
          selector: podLabels,
          ports: (["UDP", "TCP"] as const).map((protocol) => ({
            name: `dns-${protocol.toLowerCase()}`,
            protocol,
            port: 53,
            targetPort: ports.nameserver.dns,
          })),
        },
      }),
      child,
    );
  }
}

/** A site whose names the provider serves has one address: its endpoints are counted before the address is known. */
function onlyAddress(addresses: pulumi.Input<readonly string[]>): pulumi.Output<string> {
  return pulumi.output(addresses).apply(([first, ...others]) => {
    if (first === undefined || others.length > 0)
      throw new Error(
        `one public address is wanted where the provider serves the names, not ${first === undefined ? 0 : others.length + 1}`,
      );
    return first;
  });
}

function nameServerPod(
  context: SiteContext,
  podLabels: Record<string, string>,
  withChallenges: boolean,
): core.v1.PodSpec {
  const common = {
    image: imageOf(context.platform, "nameserver"),
    securityContext: restrictedContainer(),
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } },
    volumeMounts: [
      { name: "config", mountPath: DNS_CONFIG_DIRECTORY, readOnly: true },
      { name: "data", mountPath: DNS_DATA_DIRECTORY },
    ],
  };
  const answers = { tcpSocket: { port: ports.nameserver.dns }, timeoutSeconds: 1, successThreshold: 1 };
  return {
    ...statelessPod(context.cluster, podLabels, PDNS_USER),
    automountServiceAccountToken: false,
    initContainers: [
      {
        ...common,
        name: "load",
        command: ["sh", `${DNS_CONFIG_DIRECTORY}/load.sh`],
        ...(withChallenges
          ? { env: [{ name: "TSIG_SECRET", valueFrom: { secretKeyRef: { name: TSIG, key: "secret" } } }] }
          : {}),
      },
    ],
    containers: [
      {
        ...common,
        name: "pdns",
        command: ["pdns_server", `--config-dir=${DNS_CONFIG_DIRECTORY}`],
        ports: [
          { name: "dns-udp", containerPort: ports.nameserver.dns, protocol: "UDP" },
          { name: "dns-tcp", containerPort: ports.nameserver.dns, protocol: "TCP" },
          { name: "metrics", containerPort: ports.nameserver.metrics },
        ],
        readinessProbe: { ...answers, periodSeconds: 2, failureThreshold: 2 },
        // Asks the server itself: a listening socket says nothing of a server that hangs.
        livenessProbe: {
          exec: { command: ["pdns_control", `--config-dir=${DNS_CONFIG_DIRECTORY}`, "rping"] },
          periodSeconds: 5,
          timeoutSeconds: 2,
          failureThreshold: 3,
        },
      },
    ],
    volumes: [
      { name: "config", configMap: { name: NAMESERVER } },
      { name: "data", emptyDir: { sizeLimit: "64Mi" } },
    ],
  };
}
