import { expect } from "chai";
import { localClasses, persistentVolume, volumePlace } from "../../../../lab/site/volumes.ts";
import type { Claim } from "../../../../lab/site/volumes.ts";

const spec = {
  servers: [
    {
      name: "one",
      controlPlane: true,
      arrays: [
        { name: "data", level: "raid6", disks: 6, storageClasses: ["local-path"], system: true },
        { name: "backup", level: "raid1", disks: 2 },
      ],
    },
    { name: "two", arrays: [{ name: "ssd", level: "single", disks: 1, storageClasses: ["local-path", "fast"] }] },
  ],
  sharedStorage: [
    { storageClass: "zrs", provisioner: "disk.csi.azure.com" },
    { storageClass: "files", provisioner: "file.csi.azure.com", immediate: true },
  ],
} as const;

function claim(
  storageClassName: string,
  server?: string,
  more: Partial<Claim["metadata"]> = {},
  volumeName?: string,
): Claim {
  const annotations: Record<string, string> =
    server === undefined ? {} : { "volume.kubernetes.io/selected-node": server };
  return {
    metadata: { name: "pg-1", namespace: "platform", uid: "u1", resourceVersion: "1", annotations, ...more },
    spec: {
      storageClassName,
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "5Gi" } },
      ...(volumeName === undefined ? {} : { volumeName }),
    },
  };
}

describe("the lab's volumes", () => {
  it("lie on the array of the server that the pod was put on", () => {
    expect(localClasses(spec)).to.deep.equal(["local-path", "fast"]);
    expect(volumePlace(spec, claim("local-path", "one"))).to.deep.equal({
      provisioner: "rancher.io/local-path",
      folder: "/mnt/data/volumes/pvc-u1",
      server: "one",
    });
    expect(volumePlace(spec, claim("local-path", "two"))?.folder).to.equal("/mnt/ssd/volumes/pvc-u1");
  });

  it("belong to no server when the provider's do not", () => {
    const place = volumePlace(spec, claim("zrs", "two"))!;
    expect(place).to.deep.equal({ provisioner: "disk.csi.azure.com", folder: "/mnt/shared-volumes/pvc-u1" });
    const volume = persistentVolume(claim("zrs", "two"), place, "Retain");
    expect(volume).to.have.nested.property("spec.hostPath.path", "/mnt/shared-volumes/pvc-u1");
    expect(volume).not.to.have.nested.property("spec.nodeAffinity");
  });

  it("are made before a server is chosen where their class says so", () => {
    const place = { provisioner: "file.csi.azure.com", folder: "/mnt/shared-volumes/pvc-u1" };
    expect(volumePlace(spec, claim("files"))).to.deep.equal(place);
  });

  it("are not made before a server is chosen, nor twice, nor for those who have gone, nor for others", () => {
    const gone = claim("local-path", "one", { deletionTimestamp: "2026-01-01T00:00:00Z" });
    const others = [claim("local-path"), claim("zrs"), claim("local-path", "one", {}, "pvc-u1"), gone];
    for (const one of [...others, claim("fast", "one"), claim("azure", "one"), claim("local-path", "three")])
      expect(volumePlace(spec, one)).to.equal(undefined);
  });

  it("are bound to their claim and kept to their server", () => {
    const one = claim("local-path", "one");
    const volume = persistentVolume(one, volumePlace(spec, one)!, "Delete");
    expect(volume).to.have.nested.property("spec.claimRef.uid", "u1");
    expect(volume).to.have.nested.property("spec.persistentVolumeReclaimPolicy", "Delete");
    expect(volume).to.have.nested.property("spec.capacity.storage", "5Gi");
    expect(volume).to.have.nested.property(
      "spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]",
      "one",
    );
  });
});
