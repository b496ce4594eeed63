import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { run } from "../../../../lab/binaries/command.ts";
import { archiveKey, imageBlobs, writeArchive } from "../../../../lab/images/archive.ts";
import type { BuiltLayer } from "../../../../lab/images/image.ts";

const sha256 = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("an archive of images", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-archive-"));
  after(() => rmSync(folder, { recursive: true }));

  function layer(text: string): BuiltLayer {
    const file = join(folder, `${text}.tar`);
    const bytes = Buffer.from(text.repeat(1000));
    writeFileSync(file, bytes);
    return { file, digest: sha256(bytes), size: bytes.length, versions: {} };
  }

  const base = layer("base");
  const images = [
    { name: "docker.io/library/one:1", layers: [base, layer("one")], config: { user: "26", command: ["one"] } },
    { name: "docker.io/library/two:2", layers: [base], config: { environment: { PATH: "/two" } } },
  ];

  it("is read by tar, holds each blob under its own digest, and each layer once", async () => {
    const file = join(folder, "images.tar");
    await writeArchive(file, images);
    const listed = await run("tar", ["--list", "--file", file]);
    expect(listed.code, listed.stderr).to.equal(0);
    const names = listed.stdout.trim().split("\n");
    expect(names).to.have.length(new Set(names).size);
    expect(names.filter((name) => name.startsWith("blobs/"))).to.have.length(6);

    expect((await run("tar", ["--extract", "--file", file, "--directory", folder])).code).to.equal(0);
    for (const name of names.filter((one) => one.startsWith("blobs/")))
      expect(sha256(readFileSync(join(folder, name)))).to.equal(name.replace("blobs/", "").replace("/", ":"));

    const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as {
      manifests: { digest: string; size: number; annotations: Record<string, string> }[];
    };
    expect(index.manifests.map(({ annotations }) => annotations["io.containerd.image.name"])).to.deep.equal(
      images.map(({ name }) => name),
    );
    for (const { digest, size } of index.manifests)
      expect(readFileSync(join(folder, "blobs", digest.replace(":", "/")))).to.have.length(size);
  });

  it("gives the same bytes again", async () => {
    const [first, second] = [join(folder, "first.tar"), join(folder, "second.tar")];
    await writeArchive(first, images);
    await writeArchive(second, images);
    expect(readFileSync(first).equals(readFileSync(second))).to.equal(true);
  });

  it("has another key for another name, layer or setting, and not for another order", () => {
    const [one, two] = [images[0]!, images[1]!];
    const key = archiveKey(images);
    expect(archiveKey([two, one])).to.equal(key);
    for (const other of [
      { ...one, name: "docker.io/library/one:2" },
      { ...one, layers: [base] },
      { ...one, config: { ...one.config, user: "27" } },
    ])
      expect(archiveKey([other, two])).to.not.equal(key);
  });

  it("gives a program its PATH unless the recipe has one", () => {
    const environment = (image: (typeof images)[number]): unknown =>
      (JSON.parse(imageBlobs(image).config.content.toString()) as { config: { Env: string[] } }).config.Env;
    expect(environment(images[0]!)).to.deep.equal([
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
    expect(environment(images[1]!)).to.deep.equal(["PATH=/two"]);
  });
});
