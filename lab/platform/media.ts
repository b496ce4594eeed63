import { createReadStream } from "node:fs";
import { mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname, join } from "node:path";
import { createHash, randomBytes } from "node:crypto";

/** Users' files, where the manifests mount the volume. */
export const MEDIA_FOLDER = "/usr/app/media";
const MOST_BYTES = 16 * 2 ** 20;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** `/media/core/photo.jpg` → `photo.jpg`; undefined for a name that could lead elsewhere. */
export function mediaName(path: string): string | undefined {
  const name = basename(path);
  return NAME.test(name) ? name : undefined;
}

/** Stores an upload under its name, on the disk before the answer; the same name again replaces the file whole. */
export async function storeMedia(folder: string, name: string, request: IncomingMessage): Promise<number> {
  const place = join(folder, name);
  const draft = join(folder, `.${name}.${randomBytes(4).toString("hex")}`);
  await mkdir(folder, { recursive: true });
  let size = 0;
  try {
    const file = await open(draft, "wx");
    try {
      for await (const chunk of request) {
        const bytes = chunk as Buffer;
        size += bytes.length;
        // The rest is read all the same: a sender who is not heard out does not hear the answer.
        if (size <= MOST_BYTES) await file.write(bytes);
      }
      if (size > MOST_BYTES) throw new RangeError(`an upload has at most ${MOST_BYTES} bytes`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, place);
    await syncFolder(dirname(place));
  } finally {
    await rm(draft, { force: true });
  }
  return size;
}

/** A stored file, as the checker reads it. */
export interface StoredFile {
  readonly name: string;
  readonly sha256: string;
}

/** All stored files, drafts left out. */
export async function listMedia(folder: string): Promise<readonly StoredFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files: StoredFile[] = [];
  for (const name of names.filter((one) => mediaName(one) === one).sort()) {
    const sha256 = createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
    files.push({ name, sha256 });
  }
  return files;
}

/** Sends a stored file; false where there is none. */
export async function sendMedia(folder: string, name: string, response: ServerResponse): Promise<boolean> {
  const place = join(folder, name);
  const found = await stat(place).catch(() => undefined);
  if (!found?.isFile()) return false;
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": found.size });
  await new Promise<void>((resolve, reject) => {
    createReadStream(place).on("error", reject).on("end", resolve).pipe(response);
  });
  return true;
}

/** Without this a new name can be gone after a power loss, although its bytes are there. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
