import type * as pulumi from "@pulumi/pulumi";
import type { PlatformConfig, SiteConfig } from "../config/schema.ts";
import type { Role, Topology } from "../topologies/types.ts";

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
  readonly facts: SiteConfig;
}

/** What another site's stack has told so far. A value that is not there yet is `undefined`: the next `up` brings it. */
export interface Peer {
  readonly site: string;
  readonly overlayEndpoint: string | undefined;
  readonly wireguardPublicKey: string | undefined;
  readonly publicAddresses: readonly string[] | undefined;
  readonly nameServer: string | undefined;
  /** What a site that pulls this one's backups must know of its store; the store itself is reached through the tunnel. */
  readonly backupStore?: PeerBackupStore | undefined;
}

export interface PeerBackupStore {
  readonly bucket: string;
  readonly region: string;
  /** Does it speak HTTPS? */
  readonly tls: boolean;
}

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
