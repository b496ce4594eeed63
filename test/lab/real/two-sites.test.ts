import { readFileSync, readdirSync } from "node:fs";
import { expect } from "chai";
import type { Machine } from "../../../lab/network/machine.ts";
import type { Network } from "../../../lab/network/network.ts";
import { labFolder } from "../../../lab/network/run.ts";
import type { Run } from "../../../lab/network/run.ts";
import { eventually } from "../../../lab/network/wait.ts";
import { freeze, thaw } from "../../../lab/site/pods.ts";
import { Site } from "../../../lab/site/site.ts";
import {
  aachen,
  apply,
  clusterImages,
  connect,
  labNamespaces,
  layNetwork,
  leftovers,
  podReady,
  probePod,
  report,
  titan,
} from "./support.ts";

const PORT = 8080;
const limit = "/proc/sys/fs/inotify/max_user_instances";

/** Sends datagrams from one site's clients to the other's, and tells which directions they passed. */
async function passing(network: Network): Promise<readonly string[]> {
  const places = [
    { name: "aachen", machine: network.clients("aachen"), address: "192.0.2.253" },
    { name: "titan", machine: network.clients("titan"), address: "198.51.100.253" },
  ];
  const listen = `
    const socket = require("node:dgram").createSocket("udp4");
    socket.on("message", () => { console.log("heard"); process.exit(); });
    socket.bind(9000, () => setTimeout(() => process.exit(), 2500));`;
  const send = `
    const socket = require("node:dgram").createSocket("udp4");
    const again = setInterval(() => socket.send("word", 9000, process.argv[1]), 100);
    setTimeout(() => { clearInterval(again); socket.close(); }, 2000);`;
  const heard = places.map(({ machine }) => machine.must([process.execPath, "-e", listen]));
  const sent = places.map(({ machine }, index) =>
    machine.must([process.execPath, "-e", send, places[1 - index]!.address]),
  );
  await Promise.all(sent);
  const said = await Promise.all(heard);
  return places.flatMap(({ name }, index) => (said[1 - index]!.includes("heard") ? [`from ${name}`] : []));
}

describe("two sites with a real cluster each", () => {
  const limitBefore = readFileSync(limit, "utf8");
  let run: Run;
  let network: Network;
  let sites: readonly Site[];
  let namespaces: ReadonlySet<string> = new Set();

  const site = (name: string): Site => sites.find((one) => one.name === name)!;
  const machines = (): readonly Machine[] => [
    network.world,
    network.clients("aachen"),
    network.clients("titan"),
    ...sites.flatMap((one) => one.nodes.map((name) => one.server(name).machine)),
  ];

  before(async function () {
    this.timeout(1_200_000);
    const imageStore = await clusterImages();
    ({ run, network } = await layNetwork());
    report("network laid");
    const arrays = [{ name: "data", level: "raid6", disks: 6, storageClasses: ["local-path"], system: true }] as const;
    sites = await Promise.all(
      [aachen, titan].map(async (net) => {
        const servers = [{ name: `${net.name}-1`, controlPlane: true, arrays }];
        const site = await Site.up({ net, servers, imageStore, resolver: network.resolver }, { run, network, report });
        const server = site.server(`${net.name}-1`);
        // A service beside the cluster, on the server itself.
        await server.startAtBoot(async () => {
          await server.machine.start("store", [
            process.execPath,
            "-e",
            `require("node:net").createServer().listen(9000)`,
          ]);
        });
        return site;
      }),
    );
  });

  after(async () => {
    for (const one of sites ?? []) await one.stop();
    await run?.end(report);
  });

  it("run a pod with a volume, which the world reaches at the site's public address", async () => {
    for (const one of sites) await apply(one, probePod("probe"));
    for (const one of sites) {
      await podReady(one, "probe");
      const { publicAddress } = one.spec.net;
      const answers = async (): Promise<boolean> =>
        (await connect(network.world, publicAddress, PORT, 1)).answers === 1;
      await eventually(`${one.name} is reached`, answers, 20_000);
    }
    report("a pod answers at each site");
  });

  it("find each other's names and the cluster's", async () => {
    const resolve = `require("node:dns").promises.lookup(process.argv[1]).then(({ address }) => console.log(address))`;
    const ask = (machine: Machine, name: string): Promise<string> =>
      machine.must([process.execPath, "-e", resolve, name]);
    expect(await ask(network.world, "s3.aachen.example.org")).to.equal("192.0.2.10\n");
    const [pod] = await site("titan").processesOf("default", "probe", "probe");
    expect(pod?.command).to.include("Corefile");
    const config = readFileSync(`/proc/${pod!.mark.pid}/root/etc/resolv.conf`, "utf8");
    expect(config).to.include("nameserver 10.102.0.10");
    const direct = `
      const resolver = new (require("node:dns").promises.Resolver)();
      resolver.setServers(["10.102.0.10"]);
      Promise.all(process.argv.slice(1).map((name) => resolver.resolve4(name))).then((found) => console.log(found.join()));`;
    const names = ["kubernetes.default.svc.cluster.local", "s3.aachen.example.org"];
    const node = site("titan").server("titan-1").machine;
    expect(await node.must([process.execPath, "-e", direct, ...names])).to.equal("10.102.0.1,192.0.2.10\n");
  });

  it("are as far from each other as the line is long, and no farther from the world", async () => {
    await network.line.set({ delayMs: 40, jitterMs: 2 });
    const far = await connect(network.clients("aachen"), titan.publicAddress, PORT);
    const near = await connect(network.clients("titan"), titan.publicAddress, PORT);
    const world = await connect(network.world, titan.publicAddress, PORT);
    report(`round trip: ${far.median.toFixed(1)} ms over the line, ${world.median.toFixed(1)} ms from the world`);
    expect(far.answers + near.answers + world.answers).to.equal(15);
    expect(far.median).to.be.within(75, 140);
    expect(near.median).to.be.below(40);
    expect(world.median).to.be.below(40);
    await network.line.set({});
    expect((await connect(network.clients("aachen"), titan.publicAddress, PORT)).median).to.be.below(40);
  });

  it("lose packets and bandwidth as the line does", async () => {
    await network.line.set({ lossPercent: 100 });
    expect((await connect(network.clients("aachen"), titan.publicAddress, PORT, 1)).answers).to.equal(0);
    await network.line.set({ rateMbit: 8 });
    const sink = `require("node:net").createServer((one) => one.resume()).listen(9001)`;
    const source = `
      const start = performance.now();
      const socket = require("node:net").connect(9001, process.argv[1], () => socket.end(Buffer.alloc(2e6)));
      socket.on("close", () => console.log(16e3 / (performance.now() - start)));`;
    const listener = await network.clients("titan").start("sink", [process.execPath, "-e", sink]);
    const listens = async (): Promise<boolean> =>
      (await connect(network.clients("titan"), "127.0.0.1", 9001, 1)).answers === 1;
    await listener.ready(listens);
    const rate = Number(await network.clients("aachen").must([process.execPath, "-e", source, "198.51.100.253"]));
    report(`${rate.toFixed(1)} Mbit/s over a line of 8`);
    expect(rate).to.be.within(4, 9);
    await network.line.set({});
    await listener.kill();
  });

  it("are cut one way and both ways, and the world reaches both all the while", async () => {
    expect(await passing(network)).to.deep.equal(["from aachen", "from titan"]);
    await network.line.cut({ from: "aachen", to: "titan" });
    expect(await passing(network)).to.deep.equal(["from titan"]);
    await network.line.cut("both");
    expect(await passing(network)).to.deep.equal([]);
    for (const { publicAddress } of [aachen, titan])
      expect((await connect(network.world, publicAddress, PORT, 1)).answers).to.equal(1);
    await network.line.heal();
    expect(await passing(network)).to.deep.equal(["from aachen", "from titan"]);
  });

  it("hang where a process is frozen, and go on where it is thawed", async () => {
    const apiServer = site("aachen").process("kube-apiserver");
    const asked = async (): Promise<number> =>
      (await site("aachen").kubectl(["get", "--raw", "/readyz", "--request-timeout=2s"])).code;
    apiServer.freeze();
    expect(await asked()).not.to.equal(0);
    expect(apiServer.isRunning).to.equal(true);
    apiServer.thaw();
    await eventually("the API answers", async () => (await asked()) === 0, 20_000);
    const inPod = await site("aachen").processesOf("default", "probe", "probe");
    const states = (): readonly string[] =>
      inPod.map(({ mark }) => readFileSync(`/proc/${mark.pid}/status`, "utf8").match(/^State:\s+(\w)/m)![1]!);
    freeze(inPod);
    await eventually("the pod stands still", () => states().every((state) => state === "T"), 2000);
    thaw(inPod);
    await eventually("the pod goes on", () => states().every((state) => state === "S"), 2000);
  });

  it("die at once when the power fails, keep what was synced, and come back", async () => {
    const one = site("aachen");
    const server = one.server("aachen-1").machine;
    const [pod] = await one.processesOf("default", "probe", "probe");
    const inPod = (pid: number, file: string): string => `/proc/${pid}/root/data/${file}`;
    const folder = (await server.must(["sh", "-c", "echo /mnt/data/volumes/*"])).trim();
    await server.must([
      "sh",
      "-euc",
      `echo kept > ${folder}/synced; sync ${folder}/synced ${folder}; echo gone > ${folder}/unsynced`,
    ]);
    expect(readFileSync(inPod(pod!.mark.pid, "synced"), "utf8")).to.equal("kept\n");
    const dying = labNamespaces([server]);
    await one.kill();
    expect(leftovers(dying).filter((line) => line.startsWith("process"))).to.deep.equal([]);
    expect((await connect(network.world, aachen.publicAddress, PORT, 1)).answers).to.equal(0);
    expect((await connect(network.world, titan.publicAddress, PORT, 1)).answers).to.equal(1);
    await one.start();
    const again = async (): Promise<boolean> =>
      (await connect(network.world, aachen.publicAddress, PORT, 1)).answers === 1;
    await eventually("the pod answers again", again, 60_000);
    report("the pod answers again after the power failure");
    expect((await connect(network.world, aachen.publicAddress, 9000, 1)).answers).to.equal(1);
    const [newPod] = await one.processesOf("default", "probe", "probe");
    expect(newPod!.mark).not.to.deep.equal(pod!.mark);
    expect(readFileSync(inPod(newPod!.mark.pid, "synced"), "utf8")).to.equal("kept\n");
    expect(readdirSync(`/proc/${newPod!.mark.pid}/root/data`)).to.deep.equal(["synced"]);
  });

  it("bear the disks that their array bears, lose everything with one more, and are built anew", async () => {
    const one = site("aachen");
    const server = one.server("aachen-1");
    for (const disk of [0, 5]) expect(await server.failDisk("data", disk)).to.deep.equal({ isLost: false });
    expect((await connect(network.world, aachen.publicAddress, PORT, 1)).answers).to.equal(1);
    expect(await server.failDisk("data", 3)).to.deep.equal({ isLost: true });
    expect(server.machine.isUp).to.equal(false);
    let refusal = "";
    await one.start().catch((error: unknown) => (refusal = String(error)));
    expect(refusal).to.include("array data is lost");
    await server.replaceDisks("data");
    await one.startNode("aachen-1");
    await one.waitReady();
    expect((await one.kubectl(["get", "pods", "-n", "default"])).stderr).to.include("No resources found");
    await apply(one, probePod("probe"));
    await podReady(one, "probe");
  });

  it("leave nothing when they are ended", async () => {
    namespaces = labNamespaces(machines());
    expect(leftovers(namespaces)).not.to.deep.equal([]);
    const start = Date.now();
    for (const one of sites) await one.stop();
    await network.stop();
    await run.end(report);
    report(`ended within ${((Date.now() - start) / 1000).toFixed(1)} s`);
    expect(leftovers(namespaces)).to.deep.equal([]);
    expect(readFileSync(limit, "utf8")).to.equal(limitBefore);
    expect(readdirSync(labFolder())).to.deep.equal(["logs"]);
  });
});
