import { mostAvailable } from "../resilience/compare/availability.ts";
import type { AvailabilityVerdict } from "../resilience/compare/availability.ts";
import { profilesOf, recoveriesOf } from "../resilience/compare/profile.ts";
import type { ClassProfile, Recovered } from "../resilience/compare/profile.ts";
import type { Cost } from "../resilience/cost/cost.ts";
import { byRole, roleNames } from "../resilience/roles.ts";
import type { Topology } from "../topologies/types.ts";
import { factsOf } from "./comparison-facts.ts";
import type { ComparedFact } from "./comparison-facts.ts";
import type { Judgement } from "./judge.ts";
import type { ConfigurationCount } from "./questions/database-config.ts";
import { failureRows } from "./view.ts";
import type { FailureRow } from "./view.ts";

/** A topology that was planned and judged. */
export interface Candidate {
  readonly topology: Pick<Topology, "name" | "title" | "system">;
  readonly judgement: Judgement;
  readonly configuration: ConfigurationCount;
}

/** One topology of a comparison, computed. */
export interface Column {
  readonly name: string;
  readonly title: string;
  readonly system: string;
  /** Site → what it is to the others. */
  readonly roles: Readonly<Record<string, string>>;
  readonly promises: Readonly<Record<"kept" | "broken" | "unknown" | "pending", readonly string[]>>;
  readonly claims: Readonly<Record<"confirmed" | "refuted" | "unknown" | "pending", readonly string[]>>;
  /** Rows of the document's pros and cons, each a sentence or a figure. */
  readonly facts: readonly ComparedFact[];
  readonly recoveries: Readonly<Record<Recovered, number>>;
  readonly classes: readonly ClassProfile[];
  readonly cost: Pick<Cost, "currency" | "monthly" | "most" | "unknown">;
  /** Is it the most available of those compared [S3.5]? */
  readonly mostAvailable: AvailabilityVerdict;
  /** Fault by role of the sites → what becomes of it. */
  readonly faults: readonly { readonly fault: string; readonly outcome: FailureRow }[];
}

/** Several topologies side by side, as the document's pros and cons do, each figure computed from what is declared. */
export function comparisonOf(candidates: readonly Candidate[]): readonly Column[] {
  const contenders = candidates.map(({ topology, judgement }) => ({
    name: topology.name,
    profiles: profilesOf(judgement.outcomes),
  }));
  return candidates.map((candidate): Column => {
    const { topology, judgement } = candidate;
    const { system, outcomes, promises, claims, cost } = judgement;
    const named = <T extends string>(list: readonly { readonly id: string; readonly verdict: T }[], verdict: T) =>
      list.filter((one) => one.verdict === verdict).map(({ id }) => id);
    const claimed = claims.map(({ claim, verdict }) => ({ id: claim.id, verdict }));
    return {
      name: topology.name,
      title: topology.title,
      system: topology.system,
      roles: Object.fromEntries(roleNames(system)),
      promises: {
        kept: named(promises, "kept"),
        broken: named(promises, "broken"),
        unknown: named(promises, "unknown"),
        pending: named(promises, "pending"),
      },
      claims: {
        confirmed: named(claimed, "confirmed"),
        refuted: named(claimed, "refuted"),
        unknown: named(claimed, "unknown"),
        pending: named(claimed, "pending"),
      },
      facts: factsOf(candidate),
      recoveries: recoveriesOf(outcomes),
      classes: profilesOf(outcomes),
      cost: { currency: cost.currency, monthly: cost.monthly, most: cost.most, unknown: cost.unknown },
      mostAvailable: mostAvailable(topology.name, contenders),
      faults: failureRows(outcomes).map((row) => ({ fault: byRole(row.fault, system), outcome: row })),
    };
  });
}
