import type { Mark, Marks } from "./marks.ts";

/** What a pod's object tells of a container, and of the pod as a whole. */
export interface PodStatus {
  readonly containerStatuses?: readonly {
    readonly name: string;
    readonly restartCount?: number;
    readonly state?: { readonly terminated?: unknown };
  }[];
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** A pod's status, and when it was told. */
export interface Sight {
  readonly at: number;
  readonly status: PodStatus;
}

/** What was seen of one container from the fault on; milliseconds since 1970. */
export interface Restarted {
  /** Each status of its pod that the cluster's API told. */
  readonly sights: readonly Sight[];
  /** How often it had been started anew before. */
  readonly restartsBefore: number;
  /** The kubelet told that its liveness probe had failed for good. */
  readonly killingAt?: number;
  /** The process of before was gone. */
  readonly goneAt?: number;
  /** The new process answered. */
  readonly upAt?: number;
}

/** How often processes are looked at, seconds. */
export const LOOK_SECONDS = 0.05;
/** What is due waits as long for one of two busy cores: the watched process, and the one that looks. */
const BUSY_SECONDS = 0.2;
/** How finely a moment is known at which a process was seen to change. */
export const LOOK_RESOLUTION = LOOK_SECONDS + BUSY_SECONDS;
/**
 * What the kubelet writes and the API server tells is known as much later, by the clock of this machine (Kubernetes' service level
 * objective for calls that change one object: 99 of 100 within 1 s; sig-scalability/slos/api_call_latency.md).
 */
const TOLD_SECONDS = 1;

/** When a container's end was detected, it was stopped, its end was seen, the new one answered, and its pod was ready again. */
export function restartMarks(container: string, seen: Restarted, hung: boolean): Marks {
  const { sights, restartsBefore, killingAt, goneAt, upAt } = seen;
  const of = (sight: Sight) => sight.status.containerStatuses?.find(({ name }) => name === container);
  const ended = sights.find((sight) => {
    const found = of(sight);
    return found !== undefined && (found.state?.terminated !== undefined || (found.restartCount ?? 0) > restartsBefore);
  });
  const isReady = ({ status }: Sight): boolean =>
    status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
  const lastUnready = sights.findLastIndex((sight) => !isReady(sight));
  // Only a pod whose container was seen to end can be ready again.
  const ready = ended && lastUnready >= 0 ? sights[lastUnready + 1] : undefined;
  const mark = (name: string, at: number | undefined, resolution: number): readonly Mark[] =>
    at === undefined ? [] : [{ name, at, resolution }];
  return [
    ...(hung ? [...mark("detected", killingAt, TOLD_SECONDS), ...mark("stopped", goneAt, LOOK_RESOLUTION)] : []),
    ...mark("detected", ended?.at, TOLD_SECONDS),
    ...mark("started", upAt, LOOK_RESOLUTION),
    ...mark("ready", ready?.at, TOLD_SECONDS),
  ];
}

/** Of several pods the last one counts, for each mark by itself; pods of which different things were seen tell nothing. */
export function lastMarks(pods: readonly Marks[]): Marks {
  const [first = [], ...others] = pods;
  const names = (marks: Marks): string => marks.map(({ name }) => name).join();
  if (others.some((marks) => names(marks) !== names(first))) return [];
  return first.map((mark, index) =>
    pods.flatMap((marks) => marks[index] ?? []).reduce((a, b) => (b.at > a.at ? b : a), mark),
  );
}
