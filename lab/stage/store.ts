import type { Difference } from "../apply/difference.ts";
import type { Machine } from "../network/machine.ts";
import { join } from "node:path";
import type { Identity } from "../site/certificates.ts";
import { arrayFolder } from "../site/paths.ts";
import type { Server } from "../site/server.ts";
import type { PlannedStore } from "./planned.ts";
import { askStore } from "./s3.ts";
import type { S3Request, StoreKey } from "./s3.ts";

const ANSWERS_WITHIN_MS = 10_000;

/** The port in a store's address. */
export const storePort = ({ endpoint }: PlannedStore): number => {
  const { port, protocol } = new URL(endpoint);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
};

const DAY_S = 86_400;
const REGION = "us-east-1";

/** What makes a bucket as the manual asks for it: with versions, which nobody can delete before their time. */
export function bucketRequests({ endpoint, bucket, lockedFor }: PlannedStore): readonly S3Request[] {
  const url = new URL(`/${bucket}`, endpoint).href;
  const days = Math.ceil(lockedFor / DAY_S);
  const retention =
    days === 0 ? "" : `<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>${days}</Days></DefaultRetention></Rule>`;
  return [
    { method: "PUT", url, headers: { "x-amz-bucket-object-lock-enabled": "true" } },
    {
      method: "PUT",
      url: `${url}?object-lock`,
      body: `<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectLockEnabled>Enabled</ObjectLockEnabled>${retention}</ObjectLockConfiguration>`,
    },
  ];
}

async function makeBucket(machine: Machine, store: PlannedStore, key: StoreKey, authority: string): Promise<void> {
  for (const request of bucketRequests(store)) {
    const { status, body } = await askStore(machine, request, key, REGION, authority);
    if (status !== 200) throw new Error(`the store at ${request.url} answers ${status}: ${body}`);
  }
}

/** What a store of the lab is run with. */
export interface StoreParts {
  /** versitygw. */
  readonly program: string;
  readonly identity: Identity;
  /** The certificate of the authority that issued the store's. */
  readonly authority: string;
  /** The key of the store's owner, which pods get too. */
  readonly key: StoreKey;
}

/**
 * Starts a site's backup store on the array that the plan names, and makes its bucket if it is not there. It is no part
 * of the cluster.
 */
export async function startStore(
  { program, identity, authority, key }: StoreParts,
  server: Server,
  store: PlannedStore,
): Promise<void> {
  const { machine, place } = server;
  // versitygw (1.8.0) answers without waiting for the disk: as the manual asks, its file system does that in its place.
  await machine.must(["mount", "-o", "remount,sync", arrayFolder(store.array)]);
  const folder = join(arrayFolder(store.array), "store");
  const versions = join(arrayFolder(store.array), "store-versions");
  await machine.must(["mkdir", "-p", folder, versions]);
  machine.writeEtc("store/store.crt", identity.certificate);
  machine.writeEtc("store/store.key", identity.key);
  const port = storePort(store);
  const process = await machine.start(
    "store",
    [
      program,
      ...["--port", `${place.address}:${port}`, "--cert", "/etc/store/store.crt", "--key", "/etc/store/store.key"],
      "--quiet",
      ...["posix", "--versioning-dir", versions, folder],
    ],
    { ROOT_ACCESS_KEY_ID: key.id, ROOT_SECRET_ACCESS_KEY: key.secret },
  );
  const listens = async (): Promise<boolean> =>
    (await machine.enter(["ss", "-Hlnt", "sport", "=", `:${port}`])).stdout.includes(place.address);
  await process.ready(listens, ANSWERS_WITHIN_MS);
  const { code } = await machine.enter(["test", "-d", join(folder, store.bucket)]);
  if (code !== 0) await makeBucket(machine, store, key, authority);
}

export const storeDifference: Difference = {
  subject: "backup stores",
  what: "versitygw on the array that the config names, with versions locked as it says; every key is the owner's, and nothing expires",
  why: "the plan's stand-ins for secrets are all alike; that a lesser key is refused what the lock does not stop is not shown",
};
