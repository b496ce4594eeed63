import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { cloneImageStore, databases } from "../../../../lab/images/store.ts";

describe("a clone of the image store", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  after(() => rmSync(folder, { recursive: true }));
  const [store, root] = [join(folder, "store"), join(folder, "node/containerd")];
  const file = "io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/bin/sh";

  before(async () => {
    for (const path of [file, ...databases]) {
      mkdirSync(dirname(join(store, path)), { recursive: true });
      writeFileSync(join(store, path), "stored");
    }
    await cloneImageStore(store, root);
  });

  it("shares the files of images", () => {
    expect(statSync(join(root, file)).ino).to.equal(statSync(join(store, file)).ino);
  });

  it("has databases of its own, so that a node's changes stay with the node", () => {
    for (const database of databases) {
      expect(readFileSync(join(root, database), "utf8")).to.equal("stored");
      writeFileSync(join(root, database), "changed");
      expect(readFileSync(join(store, database), "utf8")).to.equal("stored");
    }
  });

  it("is refused over a node that has images already", async () => {
    const refusal = await cloneImageStore(store, root).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(refusal).to.contain("is there already");
  });
});
