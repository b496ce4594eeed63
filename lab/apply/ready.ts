import type { Cluster } from "./cluster.ts";
import { must } from "./cluster.ts";

/** As much of an object as tells whether what it asks for is there. */
export interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number; readonly instances?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly readyInstances?: number;
    readonly phase?: string;
  };
}

const KINDS = "deployments.apps,statefulsets.apps,clusters.postgresql.cnpg.io";

/** What is not there yet, in words. */
export function notReady(workloads: readonly Workload[]): readonly string[] {
  return workloads.flatMap(({ kind, metadata: { name, namespace, generation }, spec = {}, status = {} }) => {
    const isCluster = kind === "Cluster";
    const wanted = (isCluster ? spec.instances : spec.replicas) ?? 1;
    const there = (isCluster ? status.readyInstances : status.readyReplicas) ?? 0;
    const seen = isCluster || status.observedGeneration === generation;
    if (seen && there >= wanted) return [];
    const phase = status.phase === undefined ? "" : ` (${status.phase})`;
    return [`${kind} ${namespace}/${name}: ${there} of ${wanted}${phase}`];
  });
}

/** What of a cluster's workloads is not ready. @throws when the cluster does not answer */
export async function waitingFor(cluster: Cluster): Promise<readonly string[]> {
  const answer = await must(cluster, ["get", KINDS, "--all-namespaces", "--output=json"]);
  return notReady((JSON.parse(answer) as { readonly items: readonly Workload[] }).items);
}
