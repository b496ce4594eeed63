import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { Authority } from "../../../../lab/site/certificates.ts";
import { clusterDns, controlPlaneWords } from "../../../../lab/site/control-plane.ts";
import { nodeWords } from "../../../../lab/site/node-config.ts";
import { clusterSettings } from "../../../../lab/site/settings.ts";
import { placeServers } from "../../../../lab/site/spec.ts";
import type { SiteSpec } from "../../../../lab/site/spec.ts";

const spec: SiteSpec = {
  net: { name: "azure", publicAddress: "203.0.113.30", podRange: "10.3.0.0/16", serviceRange: "10.103.0.0/16" },
  servers: [
    { name: "control", controlPlane: true, pods: false },
    { name: "worker", labels: { "topology.kubernetes.io/zone": "westeurope-1", pool: "workers1" } },
  ],
  imageStore: "/none",
  resolver: "198.18.0.53",
  kubeletSettings: { nodeLeaseDurationSeconds: 8 },
  words: {
    "kube-controller-manager": ["--node-monitor-grace-period=20s"],
    kubelet: ["--v=1"],
  },
};
const [control, worker] = placeServers(spec) as [
  ReturnType<typeof placeServers>[0],
  ReturnType<typeof placeServers>[0],
];

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string } }];
  readonly users: readonly [{ readonly user: { readonly "client-certificate-data": string } }];
}

describe("the settings of a site's servers", () => {
  let folder: string | undefined;
  let authority: Authority;

  before(async function () {
    // Elsewhere `openssl` may be another program.
    if (process.platform !== "linux") this.skip();
    folder = mkdtempSync(join(tmpdir(), "holdfast-certificates-"));
    authority = await Authority.open("openssl", folder, "azure-ca");
  });

  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const settings = (place: typeof control) => clusterSettings(spec, place, control, authority, "/usr/lib/cni");

  it("give each server what it needs, and no server the keys of another part", async () => {
    const [master, node] = [await settings(control), await settings(worker)];
    expect(Object.keys(master)).to.include.members(["kubernetes/ca.key", "kubernetes/accounts.key"]);
    expect(Object.keys(master)).not.to.include("kubernetes/kubelet.key");
    expect(Object.keys(node)).to.include.members(["kubernetes/kubelet.key", "kubernetes/containerd.toml"]);
    for (const secret of ["ca.key", "accounts.key", "administrator.kubeconfig", "api-server.key"])
      expect(Object.keys(node)).not.to.include(`kubernetes/${secret}`);
  });

  it("let a server be known by its names, and a client by Kubernetes' name for it", async () => {
    const master = await settings(control);
    const server = new X509Certificate(master["kubernetes/api-server.crt"]!);
    const ca = new X509Certificate(master["kubernetes/ca.crt"]!);
    expect(server.verify(ca.publicKey)).to.equal(true);
    expect(server.ca).to.equal(false);
    for (const name of ["203.0.113.31", "10.103.0.1", "127.0.0.1"]) expect(server.checkIP(name)).to.equal(name);
    expect(server.checkHost("kubernetes.default.svc")).to.equal("kubernetes.default.svc");
    const kubelet = parse((await settings(worker))["kubernetes/kubelet.kubeconfig"]!) as Kubeconfig;
    expect(kubelet.clusters[0].cluster.server).to.equal("https://203.0.113.31:6443");
    const client = new X509Certificate(Buffer.from(kubelet.users[0].user["client-certificate-data"], "base64"));
    expect(client.subject).to.equal("O=system:nodes\nCN=system:node:worker");
    expect(client.verify(ca.publicKey)).to.equal(true);
  });

  it("are the same when a server is built anew", async () => {
    const again = await Authority.open("openssl", folder!, "azure-ca");
    expect(await clusterSettings(spec, control, control, again, "/usr/lib/cni")).to.deep.equal(await settings(control));
  });

  it("keep a server's pods to its part of the addresses, and in its control group", async () => {
    const node = await settings(worker);
    expect(node["cni/net.d/10-pods.conflist"]).to.include('"subnet":"10.3.1.0/24"');
    expect(parse(node["kubernetes/kubelet.yaml"]!)).to.include({ cgroupRoot: "/holdfast-worker" });
    expect(parse(node["kubernetes/kubelet.yaml"]!)).to.have.deep.property("clusterDNS", ["10.103.0.10"]);
    expect(parse(node["kubernetes/kube-proxy.yaml"]!)).to.include({ clusterCIDR: "10.3.0.0/16" });
  });

  it("are changed where a drill says so", async () => {
    const node = parse((await settings(worker))["kubernetes/kubelet.yaml"]!) as unknown;
    expect(node).to.include({ nodeLeaseDurationSeconds: 8 });
  });

  it("notice a silent server as the site's config says, from a sign of life that comes four times as often", async () => {
    const tuned: SiteSpec = { ...spec, kubeletSettings: {}, words: {}, nodeMonitor: { grace: 12, period: 1 } };
    expect(controlPlaneWords(tuned, control.address)["kube-controller-manager"]).to.include.members([
      "--node-monitor-grace-period=12s",
      "--node-monitor-period=1s",
    ]);
    const files = await clusterSettings(tuned, worker, control, authority, "/usr/lib/cni");
    expect(parse(files["kubernetes/kubelet.yaml"]!)).to.include({ nodeLeaseDurationSeconds: 12 });
    const slow = { ...tuned, nodeMonitor: { grace: 60 } };
    const kept = await clusterSettings(slow, worker, control, authority, "/usr/lib/cni");
    expect(parse(kept["kubernetes/kubelet.yaml"]!)).to.include({ nodeLeaseDurationSeconds: 40 });
    const words = controlPlaneWords({ ...tuned, nodeMonitor: {} }, control.address)["kube-controller-manager"];
    expect(words.join(" ")).to.not.contain("node-monitor");
  });

  it("are followed by the words that a drill adds", () => {
    expect(controlPlaneWords(spec, control.address)["kube-controller-manager"].at(-1)).to.equal(
      "--node-monitor-grace-period=20s",
    );
    expect(nodeWords(spec, worker).kubelet.at(-1)).to.equal("--v=1");
  });

  it("let an API server that no kube-proxy runs beside ask pods themselves", () => {
    const asks = (pods: boolean): readonly string[] =>
      controlPlaneWords({ ...spec, servers: [{ name: "one", controlPlane: true, pods }] }, control.address)[
        "kube-apiserver"
      ];
    expect(asks(false)).to.include("--enable-aggregator-routing=true");
    expect(asks(true)).not.to.include("--enable-aggregator-routing=true");
  });

  it("tell the kubelet where its node is", () => {
    const labels = "--node-labels=topology.kubernetes.io/zone=westeurope-1,pool=workers1";
    expect(nodeWords(spec, worker).kubelet).to.include(labels);
    expect(nodeWords(spec, { ...worker, server: { name: "worker" } }).kubelet.join(" ")).not.to.include(
      "--node-labels",
    );
  });

  it("let the cluster's DNS survive a node where there are several", () => {
    const replicas = (servers: SiteSpec["servers"]): unknown =>
      clusterDns({ ...spec, servers })
        .map((object) => object as { readonly kind: string; readonly spec?: { readonly replicas?: number } })
        .find(({ kind }) => kind === "Deployment")?.spec?.replicas;
    expect(replicas(spec.servers)).to.equal(1);
    expect(replicas([...spec.servers, { name: "more" }, { name: "most" }])).to.equal(2);
  });
});
