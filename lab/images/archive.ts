import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { BuiltLayer, ImageRecipe } from "./image.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar.ts";

/** An image before it is packed: its name, its layers from the lowest up, and how its program is started. */
export interface ImageParts {
  readonly name: string;
  readonly layers: readonly BuiltLayer[];
  readonly config: ImageRecipe["config"];
}

interface Blob {
  readonly digest: string;
  readonly content: Buffer;
}

const types = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
};

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

function blob(content: unknown): Blob {
  const bytes = Buffer.from(JSON.stringify(content));
  return { digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, content: bytes };
}

/** An image's configuration and manifest, by the OCI image specification 1.0. */
export function imageBlobs({ layers, config }: ImageParts): { readonly config: Blob; readonly manifest: Blob } {
  const configBlob = blob({
    created: "1970-01-01T00:00:00Z",
    architecture: architectures[process.arch] ?? process.arch,
    os: "linux",
    config: {
      User: config.user,
      Env: Object.entries({ PATH: defaultPath, ...config.environment }).map(([name, value]) => `${name}=${value}`),
      Entrypoint: config.entrypoint,
      Cmd: config.command,
      WorkingDir: config.folder,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = blob({
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, digest: configBlob.digest, size: configBlob.content.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: types.layer, digest, size })),
  });
  return { config: configBlob, manifest };
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What tells an archive from another one: its images' names and contents. */
export function archiveKey(images: readonly ImageParts[]): string {
  const lines = images.map((image) => `${image.name} ${imageBlobs(image).manifest.digest}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 12);
}

/**
 * Writes images as one OCI archive, each under its full name; `ctr images import FILE` takes it. A layer is in it once,
 * however many images have it.
 */
export async function writeArchive(file: string, images: readonly ImageParts[]): Promise<void> {
  const out = await open(file, "w");
  try {
    await writeBlobs(images, async (bytes) => void (await out.writeFile(bytes)));
  } finally {
    await out.close();
  }
}

async function writeBlobs(images: readonly ImageParts[], write: (bytes: Buffer) => Promise<void>): Promise<void> {
  const add = async (name: string, content: Buffer): Promise<void> =>
    write(Buffer.concat([tarHeader(name, content.length), content, tarPadding(content.length)]));
  const blobPath = (digest: string): string => `blobs/${digest.replace(":", "/")}`;
  const made = images.map((image) => ({ name: image.name, ...imageBlobs(image) }));
  const index = {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: made.map(({ name, manifest }) => ({
      mediaType: types.manifest,
      digest: manifest.digest,
      size: manifest.content.length,
      annotations: { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": name },
    })),
  };
  await add("oci-layout", Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" })));
  await add("index.json", Buffer.from(JSON.stringify(index)));
  const small = new Map(made.flatMap(({ config, manifest }) => [config, manifest]).map((b) => [b.digest, b.content]));
  for (const [digest, content] of small) await add(blobPath(digest), content);
  const layers = new Map(images.flatMap((image) => image.layers).map((layer) => [layer.digest, layer]));
  for (const layer of layers.values()) {
    await write(tarHeader(blobPath(layer.digest), layer.size));
    for await (const piece of createReadStream(layer.file, { highWaterMark: 1 << 20 })) await write(piece as Buffer);
    await write(tarPadding(layer.size));
  }
  await write(tarEnd);
}
