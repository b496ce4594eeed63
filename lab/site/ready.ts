import type { Api } from "./api.ts";

/** A server whose state in the API may be from before it was switched on. */
interface Booted {
  readonly name: string;
  readonly bootedAt: number;
}

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

interface Lease {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly renewTime?: string };
}

interface Pod {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly state: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

interface List<T> {
  readonly items: readonly T[];
}

/** Whether every server is a ready node, and its kubelet has said so since it was switched on. */
export async function nodesAreReady(api: Api, servers: readonly Booted[]): Promise<boolean> {
  const nodes = await api.get<List<NodeObject>>("/api/v1/nodes");
  const leases = await api.get<List<Lease>>("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
  return servers.every(({ name, bootedAt }) => {
    const conditions = nodes.items.find(({ metadata }) => metadata.name === name)?.status.conditions ?? [];
    const renewed = leases.items.find(({ metadata }) => metadata.name === name)?.spec.renewTime;
    const isReady = conditions.some(({ type, status }) => type === "Ready" && status === "True");
    return isReady && renewed !== undefined && Date.parse(renewed) >= bootedAt;
  });
}

/** Whether a pod of the cluster's DNS is ready, and was started since its server was switched on. */
export async function dnsAnswers(api: Api, servers: readonly Booted[]): Promise<boolean> {
  const pods = await api.get<List<Pod>>("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns");
  return pods.items.some(({ spec, status }) => {
    const server = servers.find(({ name }) => name === spec.nodeName);
    const containers = status.containerStatuses ?? [];
    // The API tells whole seconds.
    const since = Math.floor((server?.bootedAt ?? Infinity) / 1000) * 1000;
    const runs = containers.map(({ ready, state }) => ready && Date.parse(state.running?.startedAt ?? "") >= since);
    return runs.length > 0 && runs.every((one) => one);
  });
}
