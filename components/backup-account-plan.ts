import type { storage } from "@pulumi/azure-native/types/input";
import type { AksSiteConfig } from "../config/schema.ts";
import { parseDuration } from "../config/quantities.ts";
import { days } from "../topologies/units.ts";
import type { Seconds } from "../topologies/units.ts";
import { copyPrefix, PREFIXES } from "./backup-places.ts";
import type { PeerBackupStore } from "./context.ts";

type StoreConfig = AksSiteConfig["backupStore"];

/** How many copies lie where, as Azure Storage names it (2024-01-01). */
export const ACCOUNT_SKUS = {
  lrs: "Standard_LRS",
  zrs: "Standard_ZRS",
  grs: "Standard_GRS",
  gzrs: "Standard_GZRS",
} as const;

/**
 * Storage Blob Data Contributor, which reads, writes and hides blobs but lacks `deleteBlobVersion` (Azure built-in roles,
 * 2026): what it overwrites or deletes stays as an older version, which it cannot take away.
 */
export const BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

const inDays = (span: Seconds): number => Math.ceil(span / days(1));

/**
 * The immutability of an account, which each version takes over when it is written. `Unlocked` it is only a trial: the
 * owner, or whoever has the account's key, may shorten it or take it away. `Locked` nobody can, for ever; only longer is
 * possible. Azure lets it be made unlocked only, and locked afterwards: {@link mayLock} (AccountImmutabilityPolicyState, API
 * version 2024-01-01). Neither the API's schema nor azure-native names the property among those whose change replaces an
 * account (provider/pkg/gen/replacement.go, 2026), so the lock comes in place. It was not tried on Azure.
 */
export function immutability({ lockedFor }: Pick<StoreConfig, "lockedFor">, locked: boolean) {
  return {
    enabled: true,
    immutabilityPolicy: {
      immutabilityPeriodSinceCreationInDays: inDays(parseDuration(lockedFor)),
      allowProtectedAppendWrites: false,
      state: locked ? "Locked" : "Unlocked",
    },
  };
}

/**
 * Is it time to lock? Once a person said `locked: true`, and an `up` before this one made the very account.
 *
 * @param told what the stack told of its store at its last `up`; undefined before the first
 */
export function mayLock({ account, locked }: StoreConfig, told: PeerBackupStore | undefined): boolean {
  return locked && told?.protocol === "azure-blob" && told.account === account;
}

/**
 * Versions, and what was deleted of blobs and containers, for as long as backups are kept. A version that is deleted is held
 * by the soft delete as a blob is (Microsoft Learn, Soft delete for blobs, 23 February 2022).
 */
export function blobServiceProperties(retention: Seconds) {
  const kept = { enabled: true, days: inDays(retention) };
  return { isVersioningEnabled: true, deleteRetentionPolicy: kept, containerDeleteRetentionPolicy: kept };
}

type LifecycleRule = storage.ManagementPolicyRuleArgs;
type Definition = storage.ManagementPolicyDefinitionArgs;

/**
 * What ends by itself. Older versions count from when they were written, not from when they became old: one that is
 * deleted at once is still held by the soft delete for the whole retention. Never set an age on the uploads' current
 * blobs: a snapshot of today refers to data of last year.
 */
export function lifecycle(container: string, retention: Seconds, folders: readonly string[]): readonly LifecycleRule[] {
  const age = { daysAfterCreationGreaterThan: inDays(retention) + 1 };
  const rule = (name: string, prefixMatch: string[], actions: Definition["actions"]): LifecycleRule => ({
    name,
    enabled: true,
    type: "Lifecycle",
    definition: { filters: { blobTypes: ["blockBlob"], prefixMatch }, actions },
  });
  const versions = rule("old-versions", [`${container}/`], { version: { delete: age } });
  if (folders.length === 0) return [versions];
  const within = folders.map((folder) => `${container}/${folder}/`);
  return [versions, rule("old-backups", within, { baseBlob: { delete: age } })];
}

/** Folders whose blobs nothing else thins out, in the account for everything but MongoDB: PostgreSQL's in the copies. */
export const agedFolders = (pulled: readonly string[]): readonly string[] =>
  pulled.map((site) => `${copyPrefix(site)}/${PREFIXES.postgres}`);

/** The same in the account of MongoDB's backups. */
export const agedMongoFolders = (pulled: readonly string[]): readonly string[] => [
  PREFIXES.mongo,
  ...pulled.map((site) => `${copyPrefix(site)}/${PREFIXES.mongo}`),
];

/** Who reaches an account over the internet: the sites that pull from it, nobody else. */
export const allowedAddresses = (addresses: readonly string[]) =>
  addresses.map((iPAddressOrRange) => ({ iPAddressOrRange, action: "Allow" as const }));
