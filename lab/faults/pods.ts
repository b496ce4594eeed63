import { signal } from "../network/mark.ts";
import { eventually } from "../network/wait.ts";
import { freeze, thaw } from "../site/pods.ts";
import type { ContainerProcess } from "../site/pods.ts";
import type { Site } from "../site/site.ts";
import { containerMarks } from "../drill/marks.ts";
import type { Mark, Marks, PodStatus } from "../drill/marks.ts";
import type { Caused } from "./drill.ts";

/** Containers of some pods. */
export interface Target {
  readonly site: Site;
  readonly namespace: string;
  /** A selector of labels. */
  readonly selector: string;
  readonly containers: readonly string[];
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: PodStatus & { readonly phase?: string };
}

const GONE_WITHIN_MS = 60_000;

export async function podsOf({ site, namespace, selector }: Target): Promise<readonly Pod[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const { items } = await site.api.get<{ readonly items: readonly Pod[] }>(path);
  return items.filter(({ metadata, status }) => !metadata.deletionTimestamp && status.phase === "Running");
}

/** @throws where nothing of it runs: there is nothing that a fault could hit */
async function processes(
  target: Target,
  wanted: (process: ContainerProcess) => boolean,
): Promise<readonly ContainerProcess[]> {
  const { site, namespace, selector, containers } = target;
  const found: ContainerProcess[] = [];
  for (const { metadata } of await podsOf(target))
    for (const container of containers)
      found.push(...(await site.processesOf(namespace, metadata.name, container)).filter(wanted));
  if (found.length === 0)
    throw new Error(`${site.name}: no process of ${containers.join(", ")} in pods with ${selector} runs`);
  return found;
}

/** Kills all that runs in the containers, as a crash does. */
export async function crash(target: Target): Promise<Caused> {
  const found = await processes(target, () => true);
  const faultAt = Date.now();
  for (const { mark } of found) signal(mark, "SIGKILL");
  return { marks: () => marksOf(target, faultAt), restore: () => recreate(target) };
}

/** Stops processes where they are. @param wanted which of them; default all */
export async function hang(
  target: Target,
  wanted: (process: ContainerProcess) => boolean = () => true,
): Promise<Caused> {
  const found = await processes(target, wanted);
  const faultAt = Date.now();
  freeze(found);
  return {
    heal: () => Promise.resolve(thaw(found)),
    marks: () => marksOf(target, faultAt),
    restore: () => recreate(target),
  };
}

async function marksOf(target: Target, faultAt: number): Promise<Marks> {
  const [container = ""] = target.containers;
  const all = (await podsOf(target)).flatMap(({ status }) => containerMarks(status, container, faultAt));
  // Of several pods the last one counts.
  const last = new Map<string, Mark>();
  for (const mark of all) if (mark.at > (last.get(mark.name)?.at ?? 0)) last.set(mark.name, mark);
  return [...last.values()];
}

/**
 * Replaces pods whose containers have crashed: the kubelet waits before it starts a container for a second time (10 s, then
 * twice as long each time), which would weigh on the next drill.
 */
async function recreate(target: Target): Promise<void> {
  const { site, namespace } = target;
  const old = (await podsOf(target)).filter(({ status }) =>
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
    const now = new Set((await podsOf(target)).map(({ metadata }) => metadata.uid));
    return old.every(({ metadata }) => !now.has(metadata.uid));
  };
  await eventually(`${site.name}: crashed pods are replaced`, gone, GONE_WITHIN_MS, 500);
}
