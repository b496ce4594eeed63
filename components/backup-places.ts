import type { Peer, PeerBackupStore, SiteContext } from "./context.ts";
import { backupName, namespaces } from "./names.ts";
import { blobEndpoint, mongoAccountOf } from "./site-store.ts";
import type { SiteStore } from "./site-store.ts";

/** What a job reads or writes: a place in a bucket of an S3 store, or in a container of Azure Blob Storage. */
export type StorePlace = S3Place | BlobPlace;

interface Inside {
  /** Folder in the bucket, without slashes at its ends; empty: the whole bucket. */
  readonly prefix: string;
}

export interface S3Place extends Inside {
  readonly protocol: "s3";
  /** URL of the store. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
}

export interface BlobPlace extends Inside {
  readonly protocol: "azure-blob";
  /** URL of the account. */
  readonly endpoint: string;
  readonly account: string;
  /** The container. */
  readonly bucket: string;
}

/** Where a copy comes from; of an account in Azure also the directory in which the application that reads it signs in. */
export type CopySource = S3Place | (BlobPlace & { readonly tenantId: string });

/**
 * What of another site's store a copy takes. MongoDB's backups go their own way into Azure, where they have an account of
 * their own ({@link mongoAccountOf}).
 */
export type CopyPart = "all" | "files" | "mongo";

/** The store listens here for the other site's gateway (`components/names.ts`). */
export const STORE_PORT = 9000;

/** Folders of the bucket, the same at every site. PostgreSQL's archive lies in `postgres/pg-<site>`. */
export const PREFIXES = { postgres: "postgres", mongo: "mongo" } as const;
export const uploadsPrefix = (claim: string): string => `uploads-${claim}`;
export const copyPrefix = (from: string): string => `copy-of-${from}`;

/** `destinationPath` of PostgreSQL's archive, in Barman's notation; the server's name below it is `pg-<site>`. */
export function postgresArchive(store: SiteStore): string {
  return store.protocol === "s3"
    ? `s3://${store.bucket}/${PREFIXES.postgres}`
    : `${store.endpoint}/${store.container}/${PREFIXES.postgres}`;
}

/** The own store, as the site's facts give it. */
export function ownStore({ store }: Pick<SiteContext, "store">): StorePlace {
  return store.protocol === "s3" ? { ...store, prefix: "" } : blobPlace(store.account, store.container);
}

/** The own store of MongoDB's backups. */
export function ownMongoStore(context: Pick<SiteContext, "store">): StorePlace {
  const { store } = context;
  return store.protocol === "s3" ? ownStore(context) : blobPlace(store.mongoAccount, store.container);
}

function blobPlace(account: string, container: string): BlobPlace {
  return { protocol: "azure-blob", endpoint: blobEndpoint(account), account, bucket: container, prefix: "" };
}

interface CopyPlan {
  /** Told apart by this where there are several: appended to the job's name. */
  readonly label: string;
  /** Name of the store that is copied. */
  readonly subject: string;
  readonly from: CopySource;
  readonly to: StorePlace;
  readonly part: CopyPart;
}

/**
 * How another site's store is copied into the own one; nothing until that site has told of it. A store of protocol S3 is
 * reached through the tunnel, an account in Azure at its public address.
 */
export function copyPlans(from: string, context: SiteContext, peers: readonly Peer[]): readonly CopyPlan[] {
  const store = peers.find(({ site }) => site === from)?.backupStore;
  if (!store) return [];
  const subject = backupName(from);
  const [files, mongo] = [ownStore(context), ownMongoStore(context)].map((own) => inside(own, copyPrefix(from)));
  if (!files || !mongo) throw new Error("a store has a place for files and one for MongoDB");
  if (store.protocol === "azure-blob") {
    const { account, container, tenantId } = store;
    const source = (name: string): CopySource => ({ ...blobPlace(name, container), tenantId });
    return [
      { label: "", subject, from: source(account), to: files, part: "all" },
      { label: "-mongo", subject: mongoStoreName(from), from: source(mongoAccountOf(account)), to: mongo, part: "all" },
    ];
  }
  const source = tunnelled(from, store);
  if (context.store.protocol === "s3") return [{ label: "", subject, from: source, to: files, part: "all" }];
  return [
    { label: "", subject, from: source, to: files, part: "files" },
    { label: "-mongo", subject, from: source, to: mongo, part: "mongo" },
  ];
}

function tunnelled(from: string, { bucket, region, tls }: PeerBackupStore & { readonly protocol: "s3" }): S3Place {
  const host = `${backupName(from)}.${namespaces.platform}.svc.cluster.local`;
  const endpoint = `${tls ? "https" : "http"}://${host}:${STORE_PORT}`;
  return { protocol: "s3", endpoint, bucket, region, prefix: "" };
}

/** Name of the store of MongoDB's backups at a site in Azure; elsewhere they lie with the others. */
export const mongoStoreName = (site: string): string => `${backupName(site)}-mongo`;

/** A folder of a place. */
export function inside<P extends StorePlace>(place: P, folder: string): P {
  return { ...place, prefix: place.prefix ? `${place.prefix}/${folder}` : folder };
}
