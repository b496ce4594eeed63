import type * as pulumi from "@pulumi/pulumi";
import type { PlatformConfig, SiteConfig } from "../config/schema.ts";
import { rolesOf } from "../topologies/index.ts";
import type { Role, Topology } from "../topologies/types.ts";
import { clusterShape } from "./cluster-shape.ts";
import type { ClusterShape } from "./cluster-shape.ts";
import { siteStore } from "./site-store.ts";
import type { SiteStore } from "./site-store.ts";

/** What every component is told of the place it runs in: plain values, so that they may decide the shape. */
export interface SiteContext {
  readonly topology: Topology;
  /** The site that this stack is. */
  readonly site: string;
  /** The role that it plays now (after a switchover, not the topology's first). */
  readonly role: Role;
  /** The site that takes the writes now. */
  readonly active: string;
  readonly roles: ReadonlyMap<string, Role>;
  readonly platform: PlatformConfig;
  /** What the config says of the site. What differs between platforms is read from it by `Zone` and its files alone. */
  readonly facts: SiteConfig;
  readonly cluster: ClusterShape;
  /** Where this site's backups go. */
  readonly store: SiteStore;
}

/** What is given; the rest of a context follows from it. */
export type ContextSource = Pick<SiteContext, "topology" | "site" | "active" | "platform" | "facts">;

export function siteContext({ topology, site, active, platform, facts }: ContextSource): SiteContext {
  const roles = rolesOf(topology, active);
  const role = roles.get(site) ?? "standby";
  const cluster = clusterShape(facts);
  return { topology, site, role, active, roles, platform, facts, cluster, store: siteStore(facts) };
}

/** Is there a site to reach through the tunnel? Without one there is no tunnel, and nothing that listens to it. */
export const hasOtherSites = ({ topology }: Pick<SiteContext, "topology">): boolean => topology.sites.length > 1;

/** By what a pod proves to the provider who it is, instead of by a key; both empty where the platform has no such thing. */
export interface PodIdentity {
  readonly serviceAccountAnnotations: pulumi.Input<Record<string, string>>;
  readonly podLabels: Record<string, string>;
}

/** The provider's own name servers, where the platform has them. */
export interface ManagedDns {
  /** The resource group in which zone and profile are made. */
  readonly resourceGroup: pulumi.Input<string>;
}

/** What another site's stack has told so far. A value that is not there yet is `undefined`: the next `up` brings it. */
export interface Peer {
  readonly site: string;
  readonly overlayEndpoint: string | undefined;
  readonly wireguardPublicKey: string | undefined;
  readonly publicAddresses: readonly string[] | undefined;
  /** The host of its own name server: where the challenges of DNS-01 are taken, at the keyring's site. */
  readonly nameServer: string | undefined;
  /** The name servers that serve the domain for it: its own, or its provider's. @default its own */
  readonly authorities?: readonly string[] | undefined;
  /** What a site that pulls this one's backups must know of its store; one of protocol s3 is reached through the tunnel. */
  readonly backupStore?: PeerBackupStore | undefined;
}

export type PeerBackupStore =
  | {
      readonly protocol: "s3";
      readonly bucket: string;
      readonly region: string;
      /** Does it speak HTTPS? */
      readonly tls: boolean;
    }
  | {
      readonly protocol: "azure-blob";
      readonly account: string;
      readonly container: string;
      /** The directory of Microsoft Entra in which an application that pulls signs in. */
      readonly tenantId: string;
    };

/** Keys that all sites share: made by the keyring site's stack, read by the others through a StackReference. */
export interface SharedKeys {
  /** PEM of the certification authority for database connections. */
  readonly caCertificate: pulumi.Output<string>;
  readonly caKey: pulumi.Output<string>;
  readonly postgresPassword: pulumi.Output<string>;
  /** Password of the services' user. */
  readonly mongoPassword: pulumi.Output<string>;
  /** Password of the user that backs up and restores, who may do anything. */
  readonly mongoBackupPassword: pulumi.Output<string>;
  /** Content of MongoDB's key file. */
  readonly mongoKey: pulumi.Output<string>;
  /** TSIG secret, base64, by which cert-manager updates the challenge zone. */
  readonly tsigSecret: pulumi.Output<string>;
  /** Password of the deduplicating backups' repositories. */
  readonly backupPassword: pulumi.Output<string>;
}
