import { join } from "node:path";
import { arrayFolder } from "../site/paths.ts";
import type { Site } from "../site/site.ts";
import type { StagedSite } from "../stage/staged-site.ts";

/** An array of one of a site's servers. */
export interface ArrayPlace {
  readonly server: string;
  readonly array: string;
  readonly disks: number;
}

/** Every array of a site. */
export const arraysOf = ({ planned }: Pick<StagedSite, "planned">): readonly ArrayPlace[] =>
  planned.servers.flatMap(({ name: server, arrays = [] }) =>
    arrays.map(({ name: array, disks }) => ({ server, array, disks })),
  );

/** Lets disks of arrays fail, the first ones of each. @throws where an array bears it */
export async function loseArrays(site: Site, places: readonly ArrayPlace[]): Promise<void> {
  for (const { server, array, disks } of places) {
    let isLost = false;
    for (let disk = 0; disk < disks; disk++) ({ isLost } = await site.server(server).failDisk(array, disk));
    if (!isLost) throw new Error(`array ${array} of ${server} bears the loss of ${disks} disks`);
  }
}

/** Puts empty disks in place of failed ones, and switches the servers on that died with theirs. */
export async function replaceArrays(site: Site, places: readonly ArrayPlace[]): Promise<void> {
  for (const { server, array } of places) await site.server(server).replaceDisks(array);
  await site.start();
}

/** Moves a folder out of the bucket of a site's own store, as its administrator, if it is there. */
export async function moveAside({ site, planned }: StagedSite, folder: string): Promise<void> {
  const { store } = planned;
  if (store === undefined) throw new Error(`${site.name} has no store of its own`);
  const array = arrayFolder(store.array);
  const { machine } = site.server(store.server);
  const from = join(array, "store", store.bucket, folder);
  const { code } = await machine.enter(["test", "-d", from]);
  if (code !== 0) return;
  const aside = join(array, "store-aside", String(Date.now()));
  await machine.must(["mkdir", "-p", aside]);
  await machine.must(["mv", from, aside]);
}
