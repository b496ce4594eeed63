/** When a stage of a recovery was reached, by the name that the prediction has for it; milliseconds since 1970. */
export interface Mark {
  readonly name: string;
  readonly at: number;
  /** How finely it was seen, seconds. */
  readonly resolution: number;
}

export type Marks = readonly Mark[];

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
