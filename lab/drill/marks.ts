/** When a stage of a recovery was reached, by the name that the prediction has for it; milliseconds since 1970. */
export interface Mark {
  readonly name: string;
  readonly at: number;
  /** How finely it was seen, seconds. */
  readonly resolution: number;
}

export type Marks = readonly Mark[];

/** What a pod's status tells of a container that was started again. */
export interface PodStatus {
  readonly containerStatuses?: readonly {
    readonly name: string;
    readonly restartCount?: number;
    readonly state?: { readonly running?: { readonly startedAt?: string } };
  }[];
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly lastTransitionTime?: string;
  }[];
}

/**
 * When a container ran and its pod was ready again after a fault. The API tells whole seconds, so a moment may be told up to
 * one second early; one before the fault is left out, for it tells of an earlier start.
 */
export function containerMarks(status: PodStatus, container: string, faultAt: number): Marks {
  const second = Math.floor(faultAt / 1000) * 1000;
  const started = status.containerStatuses?.find(({ name }) => name === container)?.state?.running?.startedAt;
  const ready = status.conditions?.find(({ type, status: is }) => type === "Ready" && is === "True");
  const times = [
    { name: "started", at: Date.parse(started ?? "") },
    { name: "ready", at: Date.parse(ready?.lastTransitionTime ?? "") },
  ];
  return times.filter(({ at }) => at >= second).map(({ name, at }) => ({ name, at: Math.max(at, faultAt), resolution: 1 }));
}

/** What CloudNativePG says of a promotion. */
export interface ClusterStatus {
  readonly targetPrimaryTimestamp?: string;
  readonly currentPrimaryTimestamp?: string;
}

/** The operator tells microseconds; it writes them once it has acted. */
const OPERATOR_RESOLUTION = 0.1;

/** When another instance was chosen, and when it was promoted; empty where none was. */
export function promotionMarks(status: ClusterStatus, faultAt: number): Marks {
  return [
    { name: "decided", at: Date.parse(status.targetPrimaryTimestamp ?? "") },
    { name: "promoted", at: Date.parse(status.currentPrimaryTimestamp ?? "") },
  ].flatMap(({ name, at }) => (at >= faultAt ? [{ name, at, resolution: OPERATOR_RESOLUTION }] : []));
}

/** Seconds of each stage by itself: from the end of the one before it, or from the fault. */
export function stagesOf(
  marks: Marks,
  faultAt: number,
): readonly { readonly name: string; readonly seconds: number }[] {
  let last = faultAt;
  return [...marks]
    .sort((a, b) => a.at - b.at)
    .map(({ name, at }) => {
      const seconds = Math.round(Math.max(0, at - last) / 100) / 10;
      last = Math.max(last, at);
      return { name, seconds };
    });
}
