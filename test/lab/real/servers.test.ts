import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Network } from "../../../lab/network/network.ts";
import type { Run } from "../../../lab/network/run.ts";
import { eventually } from "../../../lab/network/wait.ts";
import { Site } from "../../../lab/site/site.ts";
import {
  apply,
  clusterImages,
  connect,
  connectFromPod,
  labNamespaces,
  layNetwork,
  leftovers,
  podReady,
  probePod,
  report,
  titan,
} from "./support.ts";

const PORT = 8080;

const zrs = JSON.stringify({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "zrs" },
  provisioner: "disk.csi.azure.com",
  volumeBindingMode: "WaitForFirstConsumer",
  reclaimPolicy: "Retain",
});

const on = (server: string): { readonly nodeSelector: Readonly<Record<string, string>> } => ({
  nodeSelector: { "kubernetes.io/hostname": server },
});

describe("a site of several servers", () => {
  let run: Run;
  let network: Network;
  let site: Site;

  before(async function () {
    this.timeout(1_200_000);
    const imageStore = await clusterImages();
    ({ run, network } = await layNetwork());
    const spec = {
      net: titan,
      servers: [{ name: "control", controlPlane: true, pods: false }, { name: "one" }, { name: "two" }],
      sharedStorage: [{ storageClass: "zrs", provisioner: "disk.csi.azure.com" }],
      imageStore,
      enforcePolicies: true,
      resolver: network.resolver,
      kubeletSettings: { nodeLeaseDurationSeconds: 8 },
      words: {
        "kube-controller-manager": ["--node-monitor-period=1s", "--node-monitor-grace-period=8s"],
      },
    };
    site = await Site.up(spec, { run, network, report });
  });

  after(async () => {
    await site?.stop();
    await run?.end(report);
  });

  const probe = (name: string, server: string): string =>
    probePod(name, on(server)).replaceAll('"storageClassName":"local-path"', '"storageClassName":"zrs"');

  it("runs pods on those that are for pods, which reach each other", async () => {
    await apply(site, zrs);
    for (const server of ["one", "two"]) await apply(site, probe(`probe-${server}`, server));
    for (const server of ["one", "two"]) await podReady(site, `probe-${server}`);
    const { stdout } = await site.kubectl(["get", "pods", "-o", "jsonpath={range .items[*]}{.status.podIP} {end}"]);
    const addresses = stdout.trim().split(" ");
    expect(addresses).to.have.length(2);
    for (const server of ["one", "two"])
      for (const address of addresses)
        expect(
          (await connect(site.server(server).machine, address, PORT, 1)).answers,
          `${server} to ${address}`,
        ).to.equal(1);
    const { stdout: nodes } = await site.kubectl(["get", "nodes", "-o", "name"]);
    expect(nodes.trim().split("\n")).to.have.members(["node/one", "node/two"]);
  });

  it("enforces network policies between pods of one server, of two, and towards the world", async () => {
    await apply(site, probe("asker", "two"));
    await podReady(site, "asker");
    const address = async (name: string): Promise<string> =>
      (await site.kubectl(["get", "pod", name, "-o", "jsonpath={.status.podIP}"])).stdout;
    const target = await address("probe-two");
    const reaches = async (from: string): Promise<boolean> => {
      const [process] = await site.processesOf("default", from, "probe");
      return (await connectFromPod(process!.mark.pid, target, PORT)).answers === 1;
    };
    const world = async (): Promise<boolean> =>
      (await connect(network.world, titan.publicAddress, PORT, 1)).answers === 1;
    // The load balancer's address leads to one Service of a port: the other's pods are not asked.
    await site.kubectl(["delete", "service", "probe-one", "asker"]);
    const open = async (): Promise<boolean> =>
      (await reaches("probe-one")) && (await reaches("asker")) && (await world());
    await eventually("everybody reaches the pod", open, 20_000);
    const only = JSON.stringify({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "only" },
      spec: {
        podSelector: { matchLabels: { app: "probe-two" } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: "probe-one" } } }], ports: [{ port: PORT }] }],
      },
    });
    await apply(site, only);
    const start = Date.now();
    await eventually("the pod is closed to its neighbour", async () => !(await reaches("asker")), 20_000);
    report(`a policy holds after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    expect(await world()).to.equal(false);
    expect(await reaches("probe-one")).to.equal(true);
    // Its server asks whether it is ready, policy or not.
    await podReady(site, "probe-two");
    await site.kubectl(["delete", "networkpolicy", "only"]);
    await eventually("everybody reaches the pod again", open, 20_000);
    await site.kubectl(["delete", "pod", "asker", "--wait=false"]);
  });

  it("is reached at its public address through whichever server is on", async () => {
    const reached = async (): Promise<boolean> =>
      (await connect(network.world, titan.publicAddress, PORT, 10)).answers === 10;
    await eventually("the world reaches it", reached, 20_000);
    const start = Date.now();
    await site.killNode("one");
    await eventually("the world reaches it without one server", reached, 20_000);
    const status = ["get", "node", "one", "-o", 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'];
    await eventually(
      "the control plane notices",
      async () => (await site.kubectl(status)).stdout === "Unknown",
      60_000,
    );
    // As the words given to the controller manager say, 8 s after the last sign of life, and not the 50 s that Kubernetes waits by itself.
    const seconds = (Date.now() - start) / 1000;
    report(`a dead server was noticed after ${seconds.toFixed(1)} s`);
    expect(seconds).to.be.within(5, 30);
  });

  it("finds a volume that belongs to no server on another one", async () => {
    const [pod] = await site.processesOf("default", "probe-two", "probe");
    const { stdout: volume } = await site.kubectl(["get", "pvc", "probe-one", "-o", "jsonpath={.spec.volumeName}"]);
    await site.server("two").machine.must(["sh", "-euc", `echo here > /mnt/shared-volumes/${volume}/file`]);
    await site.kubectl(["delete", "pod", "probe-one", "--force", "--grace-period=0"]);
    await apply(site, probe("probe-one", "two"));
    await podReady(site, "probe-one");
    const [moved] = await site.processesOf("default", "probe-one", "probe");
    expect(readFileSync(`/proc/${moved!.mark.pid}/root/data/file`, "utf8")).to.equal("here\n");
    expect(moved!.mark.pid).not.to.equal(pod!.mark.pid);
  });

  it("gets a server back, and ends without a trace", async () => {
    await site.startNode("one");
    await site.waitReady();
    const namespaces = labNamespaces(site.nodes.map((name) => site.server(name).machine));
    await site.stop();
    await network.stop();
    await run.end(report);
    expect(leftovers(namespaces)).to.deep.equal([]);
  });
});
