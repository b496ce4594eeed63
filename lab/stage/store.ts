import { join } from "node:path";
import type { Identity } from "../site/certificates.ts";
import { arrayFolder } from "../site/paths.ts";
import type { Server } from "../site/server.ts";
import type { PlannedStore } from "./planned.ts";

/** The key of a store's owner; the plan's own stand-in for it, as pods get it. */
export interface StoreKey {
  readonly id: string;
  readonly secret: string;
}

const ANSWERS_WITHIN_MS = 10_000;

/** The port in a store's address. */
export const storePort = ({ endpoint }: PlannedStore): number => {
  const { port, protocol } = new URL(endpoint);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
};

/** Starts a site's backup store on the array that the plan names, with versions kept. It is no part of the cluster. */
export async function startStore(
  program: string,
  server: Server,
  store: PlannedStore,
  identity: Identity,
  { id, secret }: StoreKey,
): Promise<void> {
  const { machine, place } = server;
  const folder = join(arrayFolder(store.array), "store");
  const versions = join(arrayFolder(store.array), "store-versions");
  await machine.must(["mkdir", "-p", join(folder, store.bucket), versions]);
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
    { ROOT_ACCESS_KEY_ID: id, ROOT_SECRET_ACCESS_KEY: secret },
  );
  const listens = async (): Promise<boolean> =>
    (await machine.enter(["ss", "-Hlnt", "sport", "=", `:${port}`])).stdout.includes(place.address);
  await process.ready(listens, ANSWERS_WITHIN_MS);
}
