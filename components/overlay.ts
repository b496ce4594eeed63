import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { createHash } from "node:crypto";
import type { Peer, SiteContext } from "./context.ts";
import { balanced, NO_LOAD_BALANCER } from "./load-balancer.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { labels, namespaces } from "./names.ts";
import type { ExportedService } from "./names.ts";
import { overlayPolicies } from "./network-policies.ts";
import { haproxyConfig, remoteServices, wireguardConfig } from "./overlay-config.ts";
import { wireguardPrivateKey, wireguardPublicKey } from "./overlay-keys.ts";
import { GATEWAY, gatewayPod, KEY_SECRET } from "./overlay-pod.ts";
import { KEY_FILE, WIREGUARD_SCRIPT } from "./overlay-scripts.ts";

export interface OverlayArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** What the gateway's Service says to the platform's balancer. @default nothing */
  readonly loadBalancer?: LoadBalancer;
}

/**
 * The gateway of one site into the encrypted overlay between the sites [S1.6]: one pod that holds a WireGuard interface
 * and forwards TCP between the tunnel and Services. A service of another site is a Service of the same name here, so
 * that nobody needs to know where it runs. NetworkPolicies admit only proxies, databases and backups.
 *
 * One gateway only, replaced rather than doubled: two would share one key, and the peer sends to the one it heard last.
 *
 * To change the private key, replace it in this stack and bring the other sites up after it; the tunnel is down until
 * they have the new public key: `pulumi up -s aachen --replace '**overlay-key'`, then `pulumi up -s titan`.
 *
 * A site that was never brought up has no `[Peer]` yet; the next `up` of this stack, after its first, adds it.
 */
export class Overlay extends pulumi.ComponentResource {
  /** This site's public key, plain: the other sites' stacks read it. */
  readonly wireguardPublicKey: pulumi.Output<string>;
  /** Where the other sites' gateways find this one, `host:port`. */
  readonly overlayEndpoint: string;

  constructor(name: string, args: OverlayArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, peers } = args;
    const { topology, site, facts } = context;
    super("holdfast:platform:Overlay", name, { site, endpoint: facts.overlayEndpoint }, opts);

    const key = new random.RandomBytes(`${name}-key`, { length: 32 }, { parent: this });
    const privateKey = pulumi.secret(key.base64.apply(wireguardPrivateKey));
    this.wireguardPublicKey = pulumi.unsecret(privateKey.apply(wireguardPublicKey));
    this.overlayEndpoint = facts.overlayEndpoint;

    const plan = { topology, site, peers };
    const data = {
      "wg0.conf": wireguardConfig(plan),
      "haproxy.cfg": haproxyConfig(plan),
      "wireguard.sh": WIREGUARD_SCRIPT,
    };
    const config = new k8s.core.v1.ConfigMap(`${name}-config`, { metadata: metadata(GATEWAY), data }, { parent: this });
    const secret = new k8s.core.v1.Secret(
      `${name}-gateway-key`,
      { metadata: metadata(KEY_SECRET), stringData: { [KEY_FILE]: privateKey } },
      { parent: this },
    );
    this.gateway(name, args, checksum(data, this.wireguardPublicKey), [config, secret]);
    for (const service of remoteServices(topology, site)) this.remoteService(name, service);
    for (const { policy, namespace, spec } of overlayPolicies(context, peers)) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-policy-${policy}`,
        { metadata: { name: policy, namespace }, spec },
        { parent: this },
      );
    }
    this.registerOutputs({ wireguardPublicKey: this.wireguardPublicKey, overlayEndpoint: this.overlayEndpoint });
  }

  private gateway(
    name: string,
    { context, loadBalancer = NO_LOAD_BALANCER }: OverlayArgs,
    configChecksum: pulumi.Input<string>,
    dependsOn: pulumi.Resource[],
  ): void {
    new k8s.apps.v1.Deployment(
      `${name}-gateway`,
      {
        metadata: metadata(GATEWAY),
        spec: {
          replicas: 1,
          // Never two at once: see above.
          strategy: { type: "Recreate" },
          selector: { matchLabels: labels(GATEWAY) },
          template: gatewayPod(context, configChecksum),
        },
      },
      { parent: this, dependsOn },
    );
    const port = context.topology.overlay.port;
    new k8s.core.v1.Service(
      `${name}-gateway-service`,
      balanced(loadBalancer, {
        metadata: metadata(GATEWAY),
        spec: {
          selector: labels(GATEWAY),
          ports: [{ name: "wireguard", protocol: "UDP", port, targetPort: port }],
        },
      }),
      { parent: this },
    );
  }

  /** The same name in both namespaces: where its clients live it is an alias of the one that selects the gateway. */
  private remoteService(name: string, { service, port, tunnelPort }: ExportedService): void {
    new k8s.core.v1.Service(
      `${name}-remote-${service}`,
      {
        metadata: metadata(service),
        spec: { selector: labels(GATEWAY), ports: [{ name: "forward", port, targetPort: tunnelPort }] },
      },
      { parent: this },
    );
    new k8s.core.v1.Service(
      `${name}-alias-${service}`,
      {
        metadata: { name: service, namespace: namespaces.platform, labels: labels(GATEWAY, service) },
        spec: { type: "ExternalName", externalName: `${service}.${namespaces.overlay}.svc.cluster.local` },
      },
      { parent: this },
    );
  }
}

function metadata(name: string) {
  return { name, namespace: namespaces.overlay, labels: labels(GATEWAY, name) };
}

/** The public key stands for the private one, which must not be seen even as a digest. */
function checksum(data: Readonly<Record<string, string>>, publicKey: pulumi.Output<string>): pulumi.Output<string> {
  return publicKey.apply((key) =>
    createHash("sha256")
      .update(JSON.stringify([data, key]))
      .digest("hex"),
  );
}
