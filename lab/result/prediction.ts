import { isDeepStrictEqual } from "node:util";
import type { DataLoss, Outcome, Stage, Unserved } from "../../resilience/outcome.ts";
import type { Predicted, PredictedStage, Prediction } from "./schema.ts";

/** The part of an outcome that a drill is held against; outcomes.json and the analysis both have it. */
export type Predicting = Pick<Outcome, "fault" | "title" | "sites" | "recovery" | "dns" | "dataLoss" | "splitBrain">;

const copyOf = ({ reads, writes }: Unserved) => ({ reads: [...reads], writes: [...writes] });

export function predictionOf({ fault, title, sites, recovery, dns, dataLoss, splitBrain }: Predicting): Prediction {
  return {
    fault,
    title,
    sites: sites.map(({ site, reads, writes, unserved, transition }) => ({
      ...{ site, reads, writes, seconds: transition.seconds },
      unserved: copyOf(unserved),
      unservedMeanwhile: copyOf(transition.unserved),
      stages: transition.stages.map(stageOf),
    })),
    recovery: {
      mode: recovery.mode,
      seconds: recovery.seconds,
      stages: recovery.stages.map(stageOf),
    },
    dns: {
      affectedShare: dns.affectedShare,
      seconds: dns.seconds,
      stages: dns.stages.map(stageOf),
      settles: dns.settles,
    },
    dataLoss: dataLoss.map(({ subject, seconds, kind }) => ({ subject, seconds, kind })),
    splitBrain: splitBrain.possible,
  };
}

const stageOf = ({ name, seconds, from, governedBy }: Stage): PredictedStage => ({ name, seconds, from, governedBy });

/**
 * Do settings of ours govern a time, so that a prediction above twice the worst run is too wide? They do where they make up
 * more than half of it: then a prediction stays within twice of what is measured even if all that products build in took no
 * time at all; with less, the products' own worst cases alone could make it wider than that, and nobody here could mend it.
 */
export function isGoverned(stages: readonly Pick<Stage, "seconds" | "governedBy">[]): boolean {
  const sum = (of: typeof stages): number => of.reduce((total, { seconds }) => total + seconds, 0);
  return sum(stages.filter(({ governedBy }) => governedBy === "setting")) > sum(stages) / 2;
}

/** Sentences of a source may be put better; what they lead to must be the same. */
export function samePrediction(one: Prediction | null, other: Prediction | null): boolean {
  const bare = (value: Prediction | null): unknown =>
    JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "from" || key === "title" ? undefined : inner)));
  return isDeepStrictEqual(bare(one), bare(other));
}

/** The fault's prediction, or null where the analysis knows no such fault. */
export function predictionFor(outcomes: readonly Predicting[], fault: string): Prediction | null {
  const found = outcomes.find((outcome) => outcome.fault === fault);
  return found ? predictionOf(found) : null;
}

const UNKNOWN: Predicted = { kind: "unknown", from: "the analysis knows no such fault" };

/** Until the clients of a site are settled. */
export function predictedTransition(prediction: Prediction | null, site: string): Predicted {
  const found = prediction?.sites.find((one) => one.site === site);
  if (!prediction || !found) return UNKNOWN;
  const from = found.stages.map(({ name, seconds }) => `${name} ${seconds} s`).join(", ");
  if (found.seconds === null && prediction.recovery.mode === "manual")
    return { kind: "by hand", from: "a person's commands" };
  return found.seconds === null
    ? { kind: "unknown", from: `no time is known for clients of ${site}` }
    : { kind: "bounded", seconds: found.seconds, from: from || "nobody notices" };
}

/** Until the settled state. */
export function predictedRecovery(prediction: Prediction | null): Predicted {
  if (!prediction) return UNKNOWN;
  const { mode, seconds } = prediction.recovery;
  if (mode === "unknown") return { kind: "unknown", from: "a fact is missing" };
  if (mode === "manual" || mode === "never") return { kind: "by hand", from: mode };
  return seconds === null
    ? { kind: "unknown", from: "once what failed is back" }
    : { kind: "bounded", seconds, from: mode };
}

/** Until the clients that ask the DNS are sent to no dead site. */
export function predictedDns(prediction: Prediction | null): Predicted {
  if (!prediction) return UNKNOWN;
  const { settles, seconds } = prediction.dns;
  if (!settles) return { kind: "by hand", from: "the address stays until a person takes it out" };
  return seconds === null
    ? { kind: "unknown", from: "a fact is missing" }
    : { kind: "bounded", seconds, from: "check, cache and retry of the name servers and resolvers" };
}

/** One stage by its name; where a name stands several times, all of them together. */
export function predictedStage(prediction: Prediction | null, name: string): Predicted {
  const stages = prediction?.recovery.stages.filter((stage) => stage.name === name) ?? [];
  if (stages.length === 0) return { kind: "unknown", from: `no stage ${name} is predicted` };
  const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return { kind: "bounded", seconds, from: stages.map(({ from }) => from).join("; ") };
}

/** Seconds of acknowledged writes that may be lost of a subject; Infinity where no bound was stated. */
export function predictedLoss(prediction: Prediction | null, subject: DataLoss["subject"]): number {
  const loss = prediction?.dataLoss.find((one) => one.subject === subject);
  if (!loss) return Infinity;
  switch (loss.kind) {
    case "none":
      return 0;
    case "bounded":
      return loss.seconds ?? Infinity;
    case "everything":
    case "unknown":
      return Infinity;
    default: {
      const never: never = loss.kind;
      throw new Error(`no bound for ${String(never)}`);
    }
  }
}
