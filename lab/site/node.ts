import { makeCgroup, removeCgroup } from "../network/cgroup.ts";
import { setKernel } from "../network/network.ts";
import { cgroupOf, nodeWords } from "./node-config.ts";
import { paths } from "./paths.ts";
import type { SitePrograms } from "./programs.ts";
import type { Server } from "./server.ts";
import type { Place, SiteSpec } from "./spec.ts";

const CONTAINERD_WITHIN_MS = 20_000;
/** Kept beside the images: a server that was built anew has neither. */
const IMPORTED = `${paths.containerd}/imported`;

/** Readies a server's network for pods: leave with the server's address, and reach those of the other servers. */
async function routePods(spec: SiteSpec, server: Server, others: readonly Place[], iptables: string): Promise<void> {
  const { machine } = server;
  await setKernel(machine, ["net.bridge.bridge-nf-call-iptables=1", "net.ipv4.ip_forward=1"]);
  const outside = ["-s", spec.net.podRange, "!", "-d", spec.net.podRange, "-o", "eth0", "-j", "MASQUERADE"];
  await machine.must([iptables, "-w", "-t", "nat", "-A", "POSTROUTING", ...outside]);
  await machine.ip(others.map(({ pods, address }) => `route add ${pods} via ${address}`));
}

/** Gives the container runtime the images that it does not have. A file may hold several, and is imported once. */
async function importImages(
  spec: SiteSpec,
  server: Server,
  ctr: string,
  report: (line: string) => void,
): Promise<void> {
  const { machine } = server;
  const images = [ctr, "--address", paths.containerdSocket, "--namespace", "k8s.io", "images"];
  const { stdout } = await machine.enter(["cat", IMPORTED]);
  const there = new Set(stdout.split("\n"));
  for (const file of new Set(spec.images.map((image) => image.file))) {
    if (there.has(file)) continue;
    const start = Date.now();
    await machine.must([...images, "import", file]);
    // What a power failure takes from an image nobody can pull again.
    await machine.must(["sync", "--file-system", paths.containerd]);
    await machine.must(["sh", "-euc", 'echo "$1" >> "$2"; sync "$2"', "sh", file, IMPORTED]);
    const names = spec.images.filter((image) => image.file === file).length;
    report(`${server.name}: imported ${names} images in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
  const known = await machine.must([...images, "list", "--quiet"]);
  const missing = spec.images.filter(({ name }) => !known.split("\n").includes(name));
  if (missing.length > 0)
    throw new Error(
      `${server.name} has no image ${missing.map(({ name, file }) => `${name} (of ${file})`).join(", ")}`,
    );
}

/** Starts the container runtime of a server that has just been booted, and gives it its images. */
export async function startRuntime(
  spec: SiteSpec,
  server: Server,
  programs: SitePrograms,
  others: readonly Place[],
  report: (line: string) => void,
): Promise<void> {
  const { machine } = server;
  await removeCgroup(cgroupOf(server.name));
  makeCgroup(cgroupOf(server.name));
  await routePods(spec, server, others, programs.iptables);
  const words = nodeWords(spec, server.place);
  const runtime = await machine.start("containerd", [programs.containerd, ...words.containerd]);
  const asks = [programs.ctr, "--address", paths.containerdSocket, "version"];
  await runtime.ready(async () => (await machine.enter(asks)).code === 0, CONTAINERD_WITHIN_MS);
  await importImages(spec, server, programs.ctr, report);
}

/** Starts what makes a server a node of the cluster. */
export async function startNode(spec: SiteSpec, server: Server, programs: SitePrograms): Promise<void> {
  const words = nodeWords(spec, server.place);
  await server.machine.start("kubelet", [programs.kubelet, ...words.kubelet]);
  await server.machine.start("kube-proxy", [programs["kube-proxy"], ...words["kube-proxy"]]);
}
