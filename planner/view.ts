import type { DataLoss, Outcome, Recovery, ServiceLevel, SplitBrain } from "../resilience/outcome.ts";
import { formatSeconds } from "../topologies/units.ts";

/** One line of the failure table, in words; shown alike on the terminal and in the report. */
export interface FailureRow {
  readonly fault: string;
  readonly title: string;
  readonly sites: readonly { readonly site: string; readonly reads: ServiceLevel; readonly writes: ServiceLevel }[];
  readonly recovery: string;
  readonly dataLoss: string;
  readonly splitBrain: SplitBrain["possible"];
  /** Ids of the promises that are broken, or that a missing fact leaves open (with a question mark). */
  readonly broken: readonly string[];
}

/** Every outcome as a row. What no fact can decide whatever fails is told once, by {@link undecided}, not in each row. */
export function failureRows(outcomes: readonly Outcome[]): readonly FailureRow[] {
  const everywhere = undecided(outcomes);
  return outcomes.map((outcome) => failureRow(outcome, everywhere));
}

/** Ids of the promises of which every outcome says that a fact is missing. */
export function undecided(outcomes: readonly Outcome[]): readonly string[] {
  const unknownIn = ({ promises }: Outcome): readonly string[] =>
    promises.filter(({ verdict }) => verdict === "unknown").map(({ id }) => id);
  const [first, ...others] = outcomes.map(unknownIn);
  return (first ?? []).filter((id) => others.every((ids) => ids.includes(id)));
}

function failureRow(outcome: Outcome, everywhere: readonly string[]): FailureRow {
  const broken = outcome.promises.flatMap(({ id, verdict }) =>
    verdict === "broken" ? [id] : verdict === "unknown" && !everywhere.includes(id) ? [`${id}?`] : [],
  );
  return {
    fault: outcome.fault,
    title: outcome.title,
    sites: outcome.sites.map(({ site, reads, writes }) => ({ site, reads, writes })),
    recovery: recoveryText(outcome.recovery),
    dataLoss: dataLossText(outcome.dataLoss),
    splitBrain: outcome.splitBrain.possible,
    broken,
  };
}

/** What is automatic and has no time is over when the fault is: a cut line carries again, a zone is back. */
export function recoveryText({ mode, seconds }: Pick<Recovery, "mode" | "seconds">): string {
  const time = seconds === null ? "" : seconds === 0 ? ", unnoticed" : ` in ${formatSeconds(seconds)}`;
  switch (mode) {
    case "none-needed":
      return "none needed";
    case "automatic":
      return `automatic${time || ", once what failed is back"}`;
    case "manual":
      return `by hand${seconds === null ? "" : `, then in ${formatSeconds(seconds)}`}`;
    case "never":
      return "never";
    case "unknown":
      return "unknown";
    default: {
      const never: never = mode;
      throw new Error(`no words for recovery ${String(never)}`);
    }
  }
}

/** The worst of all that is lost; losses by other subjects are in the details. */
export function dataLossText(losses: readonly DataLoss[]): string {
  const worst = (kind: DataLoss["kind"]): readonly DataLoss[] => losses.filter((loss) => loss.kind === kind);
  const [everything] = worst("everything");
  if (everything) return `all of ${subjects(worst("everything"))}`;
  if (worst("unknown").length > 0) return `unknown: ${subjects(worst("unknown"))}`;
  const most = Math.max(0, ...worst("bounded").map(({ seconds }) => seconds ?? Infinity));
  const named = worst("bounded").filter(({ seconds }) => (seconds ?? Infinity) === most);
  return most === 0 ? "none" : `${formatSeconds(most)} of ${subjects(named)}`;
}

/** All volumes of users' files are `uploads` here; which ones is told in the details. */
function subjects(losses: readonly DataLoss[]): string {
  return [...new Set(losses.map(({ subject }) => subject.replace(/^uploads:.*/, "uploads")))].join(", ");
}

/** A rate as a person reads it: `133 Mbit/s`. */
export function bitRate(bits: number): string {
  return bits >= 1e9 ? `${round(bits / 1e9)} Gbit/s` : `${round(bits / 1e6)} Mbit/s`;
}

export function perSecond(count: number): string {
  return `${Math.round(count)}/s`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
}
