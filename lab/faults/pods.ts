import { untilReady } from "../apply/apply.ts";
import { signal } from "../network/mark.ts";
import { eventually } from "../network/wait.ts";
import { freeze, thaw } from "../site/pods.ts";
import type { ContainerProcess } from "../site/pods.ts";
import type { Site } from "../site/site.ts";
import type { Difference } from "../apply/difference.ts";
import type { PodStatus } from "../drill/restart-marks.ts";
import type { Caused } from "./drill.ts";
import { RestartWatch } from "./restart-watch.ts";
import type { WatchOptions } from "./restart-watch.ts";

/** Containers of some pods. */
export interface Target {
  readonly site: Site;
  readonly namespace: string;
  /** A selector of labels. */
  readonly selector: string;
  readonly containers: readonly string[];
}

interface Probe {
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly ports?: readonly { readonly containerPort: number }[];
      readonly startupProbe?: Probe;
    }[];
  };
  readonly status: PodStatus & { readonly phase?: string };
}

/** How a restart is watched. */
export interface Watching {
  /** Which of the containers; the pod is ready again with the slowest. @default the first */
  readonly container?: string;
  readonly isUp?: WatchOptions["isUp"];
  /** Does its start take as long as its start-up probe allows, or nearly? */
  readonly slow?: boolean;
}

const GONE_WITHIN_MS = 60_000;
const READY_WITHIN_MS = 120_000;

export async function podsOf({ site, namespace, selector }: Target): Promise<readonly Pod[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const { items } = await site.api.get<{ readonly items: readonly Pod[] }>(path);
  return items.filter(({ metadata, status }) => !metadata.deletionTimestamp && status.phase === "Running");
}

interface FoundPod {
  readonly pod: Pod;
  readonly processes: ReadonlyMap<string, readonly ContainerProcess[]>;
}

/** @throws where nothing of it runs: there is nothing that a fault could hit */
async function find(target: Target, wanted: (process: ContainerProcess) => boolean): Promise<readonly FoundPod[]> {
  const { site, namespace, selector, containers } = target;
  const found: FoundPod[] = [];
  for (const pod of await podsOf(target)) {
    const processes = new Map<string, readonly ContainerProcess[]>();
    for (const container of containers)
      processes.set(container, (await site.processesOf(namespace, pod.metadata.name, container)).filter(wanted));
    found.push({ pod, processes });
  }
  if (found.every(({ processes }) => [...processes.values()].flat().length === 0))
    throw new Error(`${site.name}: no process of ${containers.join(", ")} in pods with ${selector} runs`);
  return found;
}

const processesOf = (found: readonly FoundPod[]): readonly ContainerProcess[] =>
  found.flatMap(({ processes }) => [...processes.values()].flat());

/** Kills all that runs in the containers, as a crash does. */
export async function crash(target: Target, watching: Watching = {}): Promise<Caused> {
  const found = await find(target, () => true);
  const watch = await watchOf(target, found, false, watching);
  const at = Date.now();
  for (const { mark } of processesOf(found)) signal(mark, "SIGKILL");
  return { at, marks: () => Promise.resolve(watch.end()), restore: () => recreate(target, found) };
}

/** Stops processes where they are. @param wanted which of them; default all */
export async function hang(
  target: Target,
  wanted: (process: ContainerProcess) => boolean = () => true,
  watching: Watching = {},
): Promise<Caused> {
  const found = await find(target, wanted);
  const watch = await watchOf(target, found, true, watching);
  const frozen = processesOf(found);
  const at = Date.now();
  freeze(frozen);
  return {
    at,
    heal: () => Promise.resolve(thaw(frozen)),
    marks: () => Promise.resolve(watch.end()),
    restore: () => recreate(target, found),
  };
}

/**
 * A slow start takes this share of the time that the start-up probe leaves it for certain: one period less than all its
 * failures, as its first one comes at any moment of a period.
 */
const SLOW_SHARE = { least: 0.75, most: 0.9 } as const;

/** Seconds that a slow start takes; undefined where nothing declared allows any. @param random from 0 to below 1 */
export function slowStart(probe: Probe | undefined, random: number): number | undefined {
  const { periodSeconds = 10, failureThreshold = 3 } = probe ?? {};
  if (probe === undefined || failureThreshold < 2) return undefined;
  const { least, most } = SLOW_SHARE;
  return periodSeconds * (failureThreshold - 1) * (least + random * (most - least));
}

/** What a drill with slow starts differs in from the plan, as the results tell it. */
export const slowStartDifference = (subject: string): Difference => ({
  subject,
  what:
    `started anew after its crash, it is held back until ${SLOW_SHARE.least * 100} to ${SLOW_SHARE.most * 100} % of the ` +
    "time have passed that its start-up probe leaves it, another share at each start",
  why: "what stands in for it here starts in a second; what is predicted is the longest start that is declared to be allowed",
});

function watchOf(target: Target, found: readonly FoundPod[], hung: boolean, watching: Watching): Promise<RestartWatch> {
  const { site, namespace, containers } = target;
  const { container = containers[0] ?? "", isUp, slow = false } = watching;
  const pods = found.map(({ pod, processes }) => {
    const declared = pod.spec.containers.find(({ name }) => name === container);
    const port = declared?.ports?.[0]?.containerPort;
    const hold = slow ? slowStart(declared?.startupProbe, Math.random()) : undefined;
    return {
      uid: pod.metadata.uid,
      server: pod.spec.nodeName ?? "",
      restarts: pod.status.containerStatuses?.find(({ name }) => name === container)?.restartCount ?? 0,
      processes: processes.get(container) ?? [],
      ...(port === undefined ? {} : { port }),
      ...(hold === undefined ? {} : { hold }),
    };
  });
  return RestartWatch.begin({ site, namespace, container, pods, hung, ...(isUp ? { isUp } : {}) });
}

/**
 * Replaces pods whose containers have crashed: the kubelet waits before it starts a container for a second time (10 s, then
 * twice as long each time), which would weigh on the next drill.
 */
async function recreate({ site, namespace }: Target, hit: readonly FoundPod[]): Promise<void> {
  // A selector may choose other pods once a fault has hit.
  const pods = hit.map(({ pod }) => pod.metadata.name);
  const running = async (): Promise<readonly Pod[]> =>
    (await podsOf({ site, namespace, selector: "", containers: [] })).filter(({ metadata }) =>
      pods.includes(metadata.name),
    );
  const old = (await running()).filter(({ status }) =>
    status.containerStatuses?.some(({ restartCount = 0 }) => restartCount > 0),
  );
  for (const { metadata } of old) {
    const { code, stderr } = await site.kubectl([
      "delete",
      "pod",
      metadata.name,
      `--namespace=${namespace}`,
      "--wait=false",
    ]);
    if (code !== 0) throw new Error(`${site.name}: ${stderr.trim()}`);
  }
  const gone = async (): Promise<boolean> => {
    const now = new Set((await running()).map(({ metadata }) => metadata.uid));
    return old.every(({ metadata }) => !now.has(metadata.uid));
  };
  await eventually(`${site.name}: crashed pods are replaced`, gone, GONE_WITHIN_MS, 500);
  // Where others took over meanwhile, the next fault must not find them alone.
  await untilReady(site, READY_WITHIN_MS);
}
