import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ManagedDns, Peer, PeerBackupStore, PodIdentity, SiteContext } from "./context.ts";
import { hasOtherSites } from "./context.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { monitoringChart } from "./monitoring-chart.ts";
import { MONITORING_NAMESPACE } from "./monitoring-names.ts";
import { labels, namespaces } from "./names.ts";
import { platformPolicies } from "./network-policies.ts";
import { aksPlatform } from "./zone-aks.ts";
import { charts } from "./zone-charts.ts";
import type { Chart } from "./zone-charts.ts";
import { existingPlatform } from "./zone-existing.ts";
import { zoneFacts } from "./zone-facts.ts";
import type { ZonePlatform } from "./zone-platform.ts";

export interface ZoneArgs {
  readonly context: SiteContext;
  /** The other sites, as far as they have told of themselves. @default none has */
  readonly peers?: readonly Peer[];
  /** Do alerts go anywhere? @default false: Prometheus alone shows them */
  readonly notifies?: boolean;
  /** What this stack itself told of its backup store at its last `up`. @default there was none */
  readonly told?: PeerBackupStore | undefined;
  /**
   * Kubeconfig of the site's cluster, secret; not read where the program makes the cluster itself.
   * @default the ambient one (`KUBECONFIG`, `~/.kube/config`)
   */
  readonly kubeconfig?: pulumi.Output<string>;
}

/** Longest wait for an operator to be ready, seconds. */
const READY_WITHIN = 600;

/**
 * The cluster of one site, ready for the platform: a provider to reach it, its namespaces, who may reach what in them,
 * and the operators. What differs between platforms (a cluster of one's own; a provider's) ends here: everything else
 * sees a Kubernetes provider, a storage class, load balancers and public addresses.
 *
 * The facts of the site that no resource carries are its inputs and its outputs (`zoneFacts`).
 */
export class Zone extends pulumi.ComponentResource {
  /** By which the site's cluster is reached. */
  readonly provider: k8s.Provider;
  /** Where visitors come in, IPv4. */
  readonly publicAddresses: pulumi.Input<readonly string[]>;
  /** What every Service of type LoadBalancer must say. */
  readonly loadBalancer: LoadBalancer;
  /** What service accounts and pods carry, to be known to the platform without a key. */
  readonly identity: PodIdentity;
  /** What the other sites are told of this one's backup store. */
  readonly backupStore: pulumi.Input<PeerBackupStore>;
  /** Key of the account of MongoDB's backups, secret; undefined where they lie with the others. */
  readonly mongoBackupKey: pulumi.Output<string> | undefined;
  /** The platform's own name servers, if it has any. */
  readonly publicDns: ManagedDns | undefined;

  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    const facts = zoneFacts(args.context);
    super("holdfast:platform:Zone", name, facts, opts);
    const made = this.make(name, args);
    this.provider = made.provider;
    this.publicAddresses = made.publicAddresses;
    this.loadBalancer = made.loadBalancer;
    this.identity = made.identity;
    this.backupStore = made.backupStore;
    this.mongoBackupKey = made.mongoBackupKey;
    this.publicDns = made.publicDns;
    const cluster = { parent: this, provider: this.provider, dependsOn: [...made.needed] };

    const platform = new k8s.core.v1.Namespace(
      `${name}-${namespaces.platform}`,
      { metadata: { name: namespaces.platform, labels: podSecurity("restricted") } },
      // With it would go the volume claims, and with them the data.
      { ...cluster, protect: true },
    );
    // The gateway makes network interfaces, which no stricter standard allows; what else goes beyond it is told.
    const overlay = hasOtherSites(args.context)
      ? [
          new k8s.core.v1.Namespace(
            `${name}-${namespaces.overlay}`,
            { metadata: { name: namespaces.overlay, labels: podSecurity("privileged") } },
            cluster,
          ),
        ]
      : [];
    const monitoring = new k8s.core.v1.Namespace(
      `${name}-${MONITORING_NAMESPACE}`,
      { metadata: { name: MONITORING_NAMESPACE, labels: podSecurity("restricted") } },
      cluster,
    );
    for (const { policy, namespace, spec } of platformPolicies(args.context, args.peers)) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-policy-${policy}`,
        { metadata: { name: policy, namespace }, spec },
        { ...cluster, dependsOn: [platform] },
      );
    }
    const wanted = [...charts(args.context.cluster), monitoringChart(args.notifies ?? false)];
    this.install(name, wanted, [platform, ...overlay, monitoring]);
    this.registerOutputs({ ...facts, publicAddresses: this.publicAddresses, namespaces });
  }

  private make(name: string, { context, peers = [], told, kubeconfig }: ZoneArgs): ZonePlatform {
    const { facts } = context;
    switch (facts.platform) {
      case "existing":
        return existingPlatform(name, facts, kubeconfig, this);
      case "aks":
        return aksPlatform(name, context, facts, peers, told, this);
      default: {
        const never: never = facts;
        throw new Error(`${JSON.stringify(never)}: no way is known to reach a cluster of this platform`);
      }
    }
  }

  private install(name: string, wanted: readonly Chart[], namespaceResources: readonly pulumi.Resource[]): void {
    const installed = new Map<string, pulumi.Resource>();
    for (const { release, chart, repository, version, namespace, values, after } of wanted) {
      const earlier = after.flatMap((one) => installed.get(one) ?? []);
      const resource = new k8s.helm.v3.Release(
        `${name}-${release}`,
        {
          name: release,
          chart,
          version,
          namespace,
          createNamespace: true,
          repositoryOpts: { repo: repository },
          values,
          // An operator that does not start is taken back, and the next `up` begins anew.
          atomic: true,
          timeout: READY_WITHIN,
        },
        { parent: this, provider: this.provider, dependsOn: [...namespaceResources, ...earlier] },
      );
      installed.set(release, resource);
    }
  }
}

/** Labels of the Pod Security Standards (Kubernetes 1.25 and later); what breaks `restricted` is at least recorded. */
function podSecurity(enforced: "restricted" | "privileged"): Record<string, string> {
  return {
    ...labels("namespace"),
    "pod-security.kubernetes.io/enforce": enforced,
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": enforced,
  };
}
