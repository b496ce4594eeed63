import { must } from "../apply/cluster.ts";
import type { Cluster } from "../apply/cluster.ts";
import { eventually } from "../network/wait.ts";

const BOUND_WITHIN_MS = 240_000;
const BETWEEN_LOOKS_MS = 1000;

/** As much of a claim as tells whose it is and whether it has its volume. */
export interface Claim {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: { readonly phase?: string };
}

/** Claims that wait for a volume which exists once; each instance of PostgreSQL has one of its own, on a server of its own. */
export const unbound = (claims: readonly Claim[]): readonly string[] =>
  claims
    .filter(({ metadata, status }) => metadata.labels?.["cnpg.io/cluster"] === undefined && status?.phase !== "Bound")
    .map(({ metadata }) => metadata.name);

/**
 * Puts objects on a cluster whose last server gets no volume but PostgreSQL's: a drill takes that server away to measure a
 * failover, and what lies on one server alone would keep its service away for as long as the server is.
 */
export async function sparing(cluster: Cluster & { readonly nodes: readonly string[] }, put: () => Promise<void>) {
  const last = cluster.nodes.at(-1);
  if (cluster.nodes.length < 2 || last === undefined) return await put();
  await must(cluster, ["cordon", last]);
  await put();
  let waiting: readonly string[] = [];
  const bound = async (): Promise<boolean> => {
    const answer = await must(cluster, ["get", "persistentvolumeclaims", "--all-namespaces", "--output=json"]);
    const { items } = JSON.parse(answer) as { readonly items: readonly Claim[] };
    waiting = unbound(items);
    return items.length > 0 && waiting.length === 0;
  };
  await eventually(`${cluster.name}: claims are bound`, bound, BOUND_WITHIN_MS, BETWEEN_LOOKS_MS).catch(
    (cause: unknown) => {
      throw new Error(`${cluster.name}: no volume for ${waiting.join(", ")}`, { cause });
    },
  );
  await must(cluster, ["uncordon", last]);
}
