import { eventually } from "../network/wait.ts";
import { applyFiles, applyObjects, must } from "./cluster.ts";
import type { Cluster, PlannedObject } from "./cluster.ts";
import { waitingFor } from "./ready.ts";

/** What a cluster has before the planned objects come. */
export interface Ground {
  /** Files with definitions of custom resources. */
  readonly definitions: readonly string[];
  /** What operators' releases deploy, their definitions included. */
  readonly operators: readonly PlannedObject[];
}

const DEFINED_WITHIN = "60s";
const READY_WITHIN_MS = 300_000;
const BETWEEN_LOOKS_MS = 500;

/** Puts definitions and operators on a cluster, and waits until the operators answer. */
export async function layGround(cluster: Cluster, { definitions, operators }: Ground): Promise<void> {
  await applyFiles(cluster, definitions);
  await applyObjects(cluster, operators);
  await must(cluster, ["wait", "crd", "--all", "--for=condition=Established", `--timeout=${DEFINED_WITHIN}`]);
  await untilReady(cluster);
}

/** Waits until every workload of a cluster is ready. @throws naming those that are not */
export async function untilReady(cluster: Cluster, withinMs = READY_WITHIN_MS): Promise<void> {
  let waiting: readonly string[] = [];
  const isReady = async (): Promise<boolean> => (waiting = await waitingFor(cluster)).length === 0;
  await eventually(`${cluster.name} is ready`, isReady, withinMs, BETWEEN_LOOKS_MS).catch((cause: unknown) => {
    throw new Error(`${cluster.name} is not ready within ${withinMs / 1000} s: ${waiting.join(", ")}`, { cause });
  });
}
