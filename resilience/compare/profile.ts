import type { DataLoss, Outcome, Recovery } from "../outcome.ts";
import { classOf, FAULT_CLASSES } from "./classes.ts";
import type { FaultClass } from "./classes.ts";

/** What the faults of one class do to a platform. */
export interface ClassProfile {
  readonly faultClass: FaultClass;
  readonly faults: number;
  /** Faults of which R5 holds: reads and writes go on, or come back by themselves within the promised time. */
  readonly within: number;
  /** Faults of which a missing fact leaves R5 open. */
  readonly open: number;
  /** The recovery that takes longest, and after which fault. */
  readonly slowest: { readonly fault: string; readonly recovery: Recovery };
  /** Everything that some fault of the class loses. */
  readonly dataLoss: readonly DataLoss[];
  /** Faults that nobody has to act upon, that a person must act upon, that nobody can mend, and those not known. */
  readonly recoveries: Readonly<Record<Recovered, number>>;
}

export type Recovered = "byItself" | "byPerson" | "never" | "unknown";

/** From the mildest to the worst; a missing fact counts as a failure. */
const MODES: readonly Recovery["mode"][] = ["none-needed", "automatic", "manual", "never", "unknown"];

/** One profile for each class of which the platform has a fault, in the order of the classes. */
export function profilesOf(outcomes: readonly Outcome[]): readonly ClassProfile[] {
  return FAULT_CLASSES.flatMap((faultClass) => {
    const [first, ...others] = outcomes.filter((outcome) => classOf(outcome) === faultClass);
    return first ? [profileOf(faultClass, [first, ...others])] : [];
  });
}

function profileOf(faultClass: FaultClass, outcomes: readonly [Outcome, ...Outcome[]]): ClassProfile {
  const slowest = outcomes.reduce((a, b) => (isSlower(b.recovery, a.recovery) ? b : a));
  return {
    faultClass,
    faults: outcomes.length,
    within: outcomes.filter((outcome) => verdictOf(outcome) === "kept").length,
    open: outcomes.filter((outcome) => verdictOf(outcome) === "unknown" || verdictOf(outcome) === "pending").length,
    slowest: { fault: slowest.fault, recovery: slowest.recovery },
    dataLoss: outcomes.flatMap(({ dataLoss }) => dataLoss),
    recoveries: recoveriesOf(outcomes),
  };
}

/** How many faults end by themselves, by a person, never. */
export function recoveriesOf(outcomes: readonly Outcome[]): Readonly<Record<Recovered, number>> {
  const counts: Record<Recovered, number> = { byItself: 0, byPerson: 0, never: 0, unknown: 0 };
  for (const { recovery } of outcomes) counts[recoveredBy(recovery)] += 1;
  return counts;
}

function recoveredBy({ mode }: Recovery): Recovered {
  switch (mode) {
    case "none-needed":
    case "automatic":
      return "byItself";
    case "manual":
      return "byPerson";
    case "never":
      return "never";
    case "unknown":
      return "unknown";
    default: {
      const never: never = mode;
      throw new Error(`no count for recovery ${String(never)}`);
    }
  }
}

function isSlower(a: Recovery, b: Recovery): boolean {
  const difference = MODES.indexOf(a.mode) - MODES.indexOf(b.mode);
  return difference !== 0 ? difference > 0 : (a.seconds ?? Infinity) > (b.seconds ?? Infinity);
}

function verdictOf({ promises }: Outcome): "kept" | "broken" | "unknown" | "pending" {
  return promises.find(({ id }) => id === "R5")?.verdict ?? "unknown";
}
