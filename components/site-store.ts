import type { SiteConfig } from "../config/schema.ts";

/** Where a site's backups lie, and how it is spoken to; plain values. */
export type SiteStore =
  | {
      /** The key is in a Secret. */
      readonly protocol: "s3";
      readonly endpoint: string;
      readonly bucket: string;
      readonly region: string;
    }
  | {
      /** By workload identity, without a key; `mongoAccount` alone has one ({@link mongoAccountOf}). */
      readonly protocol: "azure-blob";
      readonly account: string;
      /** Account of MongoDB's backups, with a container of the same name. */
      readonly mongoAccount: string;
      readonly container: string;
      readonly endpoint: string;
    };

export type Protocol = SiteStore["protocol"];

/**
 * MongoDB's backups lie in an account of their own, because Percona Backup for MongoDB signs in to Azure by an account's
 * key and by nothing else (2.15 and its successor as of 1 July 2026, pbm/storage/azure: `Credentials.Key`; workload
 * identity is asked for in percona/percona-server-mongodb-operator issue 2505, open in August 2026). A key opens all of its
 * account, so everything else stays in one that takes none.
 */
export const mongoAccountOf = (account: string): string => `${account}mongo`;

/** Where an account's blobs are reached from anywhere, in Azure's public cloud. */
export const blobEndpoint = (account: string): string => `https://${account}.blob.core.windows.net`;

/** The store that the site's config names. */
export function siteStore(facts: SiteConfig): SiteStore {
  switch (facts.platform) {
    case "existing": {
      const { endpoint, bucket, region } = facts.backupStore;
      return { protocol: "s3", endpoint: endpoint.replace(/\/+$/, ""), bucket, region };
    }
    case "aks": {
      const { account, container } = facts.backupStore;
      const endpoint = blobEndpoint(account);
      return { protocol: "azure-blob", account, mongoAccount: mongoAccountOf(account), container, endpoint };
    }
    default: {
      const never: never = facts;
      throw new Error(`platform of ${JSON.stringify(never)}: its backup store is unknown`);
    }
  }
}
