import { makeCgroup, removeCgroup } from "../network/cgroup.ts";
import { setKernel } from "../network/network.ts";
import { cgroupOf, nodeWords } from "./node-config.ts";
import { paths } from "./paths.ts";
import type { SitePrograms } from "./programs.ts";
import type { Server } from "./server.ts";
import type { Place, SiteSpec } from "./spec.ts";

const CONTAINERD_WITHIN_MS = 20_000;
/**
 * The weight of all pods of a server beside each program that makes it a server, which has 1024. A real one gives its pods 1024
 * for each processor, and 1024 to its own programs together. With twice this weight here the kubelets, and what they start, waited
 * for pods that answer requests: a killed PostgreSQL was back after 11 s and 21 s, and with this one after 5 s to 13 s.
 */
const PODS_SHARES = 2048;

/** Lets a server find the pods of other ones. */
export const reachPods = ({ machine }: Server, others: readonly Place[]): Promise<void> =>
  machine.ip(
    others.filter(({ server: { pods = true } }) => pods).map(({ pods, address }) => `route add ${pods} via ${address}`),
  );

/** Readies a server's network for pods: leave with the server's address, and reach those of the other servers. */
async function routePods(spec: SiteSpec, server: Server, others: readonly Place[], iptables: string): Promise<void> {
  const { machine } = server;
  await setKernel(machine, ["net.bridge.bridge-nf-call-iptables=1", "net.ipv4.ip_forward=1"]);
  const outside = ["-s", spec.net.podRange, "!", "-d", spec.net.podRange, "-o", "eth0", "-j", "MASQUERADE"];
  await machine.must([iptables, "-w", "-t", "nat", "-A", "POSTROUTING", ...outside]);
  await reachPods(server, others);
}

/** Starts the container runtime of a server that has just been booted. */
export async function startRuntime(
  spec: SiteSpec,
  server: Server,
  programs: SitePrograms,
  others: readonly Place[],
): Promise<void> {
  const { machine } = server;
  await removeCgroup(cgroupOf(server.name));
  makeCgroup(cgroupOf(server.name), PODS_SHARES);
  await routePods(spec, server, others, programs.iptables);
  const words = nodeWords(spec, server.place);
  const runtime = await machine.start("containerd", [programs.containerd, ...words.containerd]);
  const asks = [programs.ctr, "--address", paths.containerdSocket, "version"];
  await runtime.ready(async () => (await machine.enter(asks)).code === 0, CONTAINERD_WITHIN_MS);
}

/** Starts what makes a server a node of the cluster. */
export async function startNode(spec: SiteSpec, server: Server, programs: SitePrograms): Promise<void> {
  const words = nodeWords(spec, server.place);
  await server.machine.start("kubelet", [programs.kubelet, ...words.kubelet]);
  await server.machine.start("kube-proxy", [programs["kube-proxy"], ...words["kube-proxy"]]);
}
