import { addressIn, addressNumber, parseRange, partOf, rangeAround, rangeText } from "../network/addresses.ts";
import type { SiteNet } from "../network/plan.ts";
import { checkArray } from "./array.ts";
import type { ArraySpec } from "./array.ts";

/** A server of a site; the same words as in a site's config. */
export interface ServerSpec {
  readonly name: string;
  /** Whether it runs the cluster's own programs (etcd, API server, controllers, scheduler). Exactly one does. */
  readonly controlPlane?: boolean;
  /** Whether it runs pods; default yes. A provider's control plane is a server that does not. */
  readonly pods?: boolean;
  readonly arrays?: readonly ArraySpec[];
  /** Labels of its node beside the kubelet's own, such as its zone. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Processors that the scheduler may fill with requests, as the real server has them. @default this machine's own */
  readonly processors?: number;
}

/** Volumes that belong to no server, as a provider's disks do: every server finds them. */
export interface SharedStorage {
  readonly storageClass: string;
  /** The provisioner that the class names; the lab makes the volumes in its place. */
  readonly provisioner: string;
  /** Whether a volume is made as soon as it is asked for, before a pod that wants it was put on a server. */
  readonly immediate?: boolean;
}

/** Programs of a cluster whose words can be added to, such as `--node-monitor-grace-period=20s`. */
export type TunedProgram =
  "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kubelet" | "kube-proxy";

/** Seconds. */
export interface NodeMonitor {
  /** Without a sign of life; the kubelet gives one four times as often, but never less often than by default. */
  readonly grace?: number;
  /** Between two looks of the control plane. */
  readonly period?: number;
}

export interface SiteSpec {
  readonly net: SiteNet;
  readonly servers: readonly ServerSpec[];
  readonly sharedStorage?: readonly SharedStorage[];
  /** The folder of `ensureImageStore` that every server's container runtime has its images from; nothing is ever pulled. */
  readonly imageStore: string;
  /** The resolver that servers and cluster ask for names outside the cluster. */
  readonly resolver: string;
  /** Whether the cluster enforces its network policies; default no. */
  readonly enforcePolicies?: boolean;
  /** When a silent server is NotReady. @default Kubernetes' own: 50 s, looked at every 5 s */
  readonly nodeMonitor?: NodeMonitor;
  /** Words added to programs' own, the later of two that contradict wins. */
  readonly words?: Readonly<Partial<Record<TunedProgram, readonly string[]>>>;
  /** Fields of every kubelet's configuration that differ from the lab's, such as `nodeLeaseDurationSeconds`. */
  readonly kubeletSettings?: Readonly<Record<string, unknown>>;
}

/** Where a server is. */
export interface Place {
  readonly server: ServerSpec;
  readonly address: string;
  /** The addresses of its pods. */
  readonly pods: string;
}

const PODS_OF_A_SERVER = 24;

/** Places in a range of Services, as kubeadm gives them. */
export const apiServerAddress = ({ serviceRange }: SiteNet): string => addressIn(parseRange(serviceRange), 1);
export const clusterDnsAddress = ({ serviceRange }: SiteNet): string => addressIn(parseRange(serviceRange), 10);

/**
 * The servers with their addresses. A single one has the site's public address itself; of several, each has one of its
 * own, counted from the one after it, and the public address leads to those that run pods.
 * @throws naming everything that is wrong with the servers.
 */
export function placeServers({ net, servers }: Pick<SiteSpec, "net" | "servers">): readonly Place[] {
  const wrong: string[] = [];
  const attempt = (what: () => void): void => {
    try {
      what();
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error));
    }
  };
  const masters = servers.filter(({ controlPlane }) => controlPlane).length;
  if (masters !== 1)
    wrong.push(`${masters} servers with controlPlane\n  fix: set it for one; the lab runs one etcd per site`);
  if (!servers.some(({ pods = true }) => pods)) wrong.push("no server runs pods");
  const names = servers.map(({ name }) => name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index)))
    wrong.push(`two servers are called ${name}`);
  for (const { name, arrays = [] } of servers) {
    for (const array of arrays) attempt(() => checkArray(array));
    if (arrays.filter(({ system }) => system).length > 1)
      wrong.push(`${name}: its system lies on one array, not on two`);
  }
  if (wrong.length > 0)
    throw new Error(`site ${net.name} cannot be built:\n${wrong.map((one) => `- ${one}`).join("\n")}`);
  const range = rangeAround(net.publicAddress, 24);
  const first = addressNumber(net.publicAddress) - range.first;
  return servers.map((server, index) => ({
    server,
    address: servers.length === 1 ? net.publicAddress : addressIn(range, first + 1 + index),
    pods: rangeText(partOf(parseRange(net.podRange), PODS_OF_A_SERVER, index)),
  }));
}
