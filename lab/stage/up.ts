import { applyObjects, must } from "../apply/cluster.ts";
import type { Cluster, PlannedObject } from "../apply/cluster.ts";
import type { Change } from "./replan.ts";

/** The provider waits 10 minutes for a Deployment (@pulumi/kubernetes 4); a site of the lab is smaller. */
const ROLLED_OUT_WITHIN = "180s";
const GONE_WITHIN = "120s";

/**
 * Does to a cluster what `pulumi up` does: what is new or differs is applied, Deployments are waited for, and what is not
 * declared any more is deleted at the end.
 *
 * @throws naming what the cluster refuses, or what is not there in time
 */
export async function bringUp(cluster: Cluster, { applied, deleted }: Change): Promise<void> {
  if (applied.length > 0) await applyObjects(cluster, applied);
  for (const deployment of applied.filter(({ kind }) => kind === "Deployment"))
    await must(cluster, ["rollout", "status", ...named(deployment), `--timeout=${ROLLED_OUT_WITHIN}`]);
  if (deleted.length === 0) return;
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: deleted.map(identityOf) });
  await must(cluster, ["delete", "--ignore-not-found", `--timeout=${GONE_WITHIN}`, "--filename=-"], list);
}

const named = ({ kind, metadata: { name, namespace } }: PlannedObject): readonly string[] => [
  `${kind}/${name}`,
  ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
];

const identityOf = ({ apiVersion, kind, metadata: { name, namespace } }: PlannedObject) => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
