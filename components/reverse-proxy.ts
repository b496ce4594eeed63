import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { hasOtherSites } from "./context.ts";
import type { Peer, SiteContext } from "./context.ts";
import { balanced, NO_LOAD_BALANCER } from "./load-balancer.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { labels, namespaces, OVERLAY_ENTRY_PORT, proxyName } from "./names.ts";
import { declareNotice } from "./notice.ts";
import { ports } from "./ports.ts";
import {
  CERTIFICATE_SECRET,
  certificateSpec,
  challengeServer,
  ISSUER,
  issuerSpec,
  PROXY_RULES,
  proxyReplicas,
  TSIG_SECRET,
} from "./proxy-config.ts";
import { proxyPod } from "./proxy-pod.ts";
import { declareRoutes } from "./proxy-routes.ts";

export interface ReverseProxyArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** What the public Service says to the platform's balancer. @default nothing */
  readonly loadBalancer?: LoadBalancer;
  /** TSIG secret of the challenge zone (`SharedKeys.tsigSecret`); without it no certificate can be asked for yet. */
  readonly tsigSecret?: pulumi.Output<string>;
}

const PROXY = "proxy";

/**
 * The reverse proxy of one site (Traefik 3.7.11, our own Deployment so that it is observed and drilled as it is), its
 * routes [S1.2, S1.3], the page that it shows when nobody answers, and the public certificate.
 *
 * Until the certificate is there, it serves a self-signed one.
 */
export class ReverseProxy extends pulumi.ComponentResource {
  constructor(name: string, args: ReverseProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:ReverseProxy", name, { site: args.context.site }, opts);
    this.declareProxy(name, args.context);
    this.declareServices(name, args);
    declareNotice(name, args.context, this);
    declareRoutes(name, args, this);
    this.declareCertificate(name, args);
    this.registerOutputs({});
  }

  private declareProxy(name: string, context: SiteContext): void {
    const child = { parent: this };
    const metadata = { name: PROXY, namespace: namespaces.platform, labels: labels(PROXY) };
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata }, child);
    const role = new k8s.rbac.v1.Role(`${name}-role`, { metadata, rules: PROXY_RULES }, child);
    const binding = new k8s.rbac.v1.RoleBinding(
      `${name}-role-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: PROXY },
        subjects: [{ kind: "ServiceAccount", name: PROXY, namespace: namespaces.platform }],
      },
      { ...child, dependsOn: [account, role] },
    );
    new k8s.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata,
        spec: {
          replicas: proxyReplicas(context.cluster),
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          revisionHistoryLimit: 3,
          selector: { matchLabels: metadata.labels },
          template: proxyPod(context, metadata.labels),
        },
      },
      { ...child, dependsOn: [binding] },
    );
    new k8s.policy.v1.PodDisruptionBudget(
      `${name}-budget`,
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: metadata.labels } } },
      child,
    );
  }

  private declareServices(name: string, { context, loadBalancer = NO_LOAD_BALANCER }: ReverseProxyArgs): void {
    const child = { parent: this };
    const selector = labels(PROXY);
    const metadata = { name: PROXY, namespace: namespaces.platform, labels: selector };
    new k8s.core.v1.Service(
      `${name}-public`,
      balanced(loadBalancer, {
        metadata,
        spec: {
          // Keeps the client's address, saves the hop to another server, and a server without a proxy takes no traffic.
          externalTrafficPolicy: "Local",
          selector,
          ports: [
            { name: "web", port: 80, targetPort: ports.proxy.web },
            { name: "websecure", port: 443, targetPort: ports.proxy.websecure },
          ],
        },
      }),
      child,
    );
    if (!hasOtherSites(context)) return;
    new k8s.core.v1.Service(
      `${name}-overlay`,
      {
        metadata: { ...metadata, name: proxyName(context.site) },
        spec: { selector, ports: [{ name: "overlay", port: OVERLAY_ENTRY_PORT, targetPort: ports.proxy.overlay }] },
      },
      child,
    );
  }

  private declareCertificate(name: string, { context, peers, tsigSecret }: ReverseProxyArgs): void {
    const child = { parent: this };
    const inPlatform = { namespace: namespaces.platform, labels: labels(PROXY) };
    new k8s.apiextensions.CustomResource(
      `${name}-tls-store`,
      {
        apiVersion: "traefik.io/v1alpha1",
        kind: "TLSStore",
        metadata: { ...inPlatform, name: "default" },
        spec: { defaultCertificate: { secretName: CERTIFICATE_SECRET } },
      },
      child,
    );
    const nameserver = challengeServer(context, peers);
    if (tsigSecret === undefined || nameserver === undefined) return;
    const secret = new k8s.core.v1.Secret(
      `${name}-tsig`,
      { metadata: { ...inPlatform, name: TSIG_SECRET }, stringData: { secret: pulumi.secret(tsigSecret) } },
      child,
    );
    const issuer = new k8s.apiextensions.CustomResource(
      `${name}-issuer`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Issuer",
        metadata: { ...inPlatform, name: ISSUER },
        spec: issuerSpec(context.platform, nameserver),
      },
      { ...child, dependsOn: [secret] },
    );
    new k8s.apiextensions.CustomResource(
      `${name}-certificate`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { ...inPlatform, name: "public" },
        spec: certificateSpec(context.platform),
      },
      { ...child, dependsOn: [issuer] },
    );
  }
}
