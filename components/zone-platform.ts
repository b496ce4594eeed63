import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ManagedDns, PeerBackupStore, PodIdentity } from "./context.ts";
import type { LoadBalancer } from "./load-balancer.ts";

/** What a platform brings to a site: all that the rest of the program learns of it. */
export interface ZonePlatform {
  /** By which the site's cluster is reached. */
  readonly provider: k8s.Provider;
  /** Where visitors, other sites' gateways and resolvers come in. */
  readonly publicAddresses: pulumi.Input<readonly string[]>;
  readonly loadBalancer: LoadBalancer;
  readonly identity: PodIdentity;
  /** What the other sites are told of the backup store. */
  readonly backupStore: pulumi.Input<PeerBackupStore>;
  /** Key of the account of MongoDB's backups, secret; undefined where they lie with the others. */
  readonly mongoBackupKey: pulumi.Output<string> | undefined;
  /** Undefined: the sites' own name servers serve the zone. */
  readonly publicDns: ManagedDns | undefined;
  /** What must stand before anything is declared at the cluster, beside the provider. */
  readonly needed: readonly pulumi.Resource[];
}
