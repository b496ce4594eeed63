import type { FaultEvent } from "./fault.ts";
import type { Claim } from "./promised.ts";

/** What a site's clients get. `stale`: answers, but possibly old; `partial`: some services or paths only. */
export type ServiceLevel = "full" | "stale" | "partial" | "read-only" | "down" | "unknown";

/** A step of the chain of facts behind an outcome. */
export interface Reason {
  readonly text: string;
  /** The resources that the fact was read from. */
  readonly urns: readonly string[];
}

/** A stage of recovery, with the settings that it was computed from. Seconds, worst case. */
export interface Stage {
  /** `detected`, `decided`, `promoted`, `connected`, `restarted`, `dns`, `restored` … */
  readonly name: string;
  readonly seconds: number;
  readonly from: string;
  readonly urns: readonly string[];
  /** What makes it as long as it is, or the greater part of it: a declared resource's field, or what a program builds in. */
  readonly governedBy: "setting" | "constant";
}

export interface Recovery {
  /** Worst case until the settled state, seconds; `null`: does not recover by itself, waits for what failed (`automatic`), or a fact is missing (`unknown`). */
  readonly seconds: number | null;
  readonly mode: "none-needed" | "automatic" | "manual" | "never" | "unknown";
  readonly stages: readonly Stage[];
  /** What a person must type, in order; empty when recovery is automatic. */
  readonly commands: readonly string[];
}

/** Services, and volumes of services, of which not every request is answered; sorted. */
export interface Unserved {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export interface SiteOutcome {
  readonly site: string;
  readonly reads: ServiceLevel;
  readonly writes: ServiceLevel;
  /** Once it is settled. */
  readonly unserved: Unserved;
  /** Until settled: the worst that this site's clients see, and for how long (seconds). */
  readonly transition: {
    readonly reads: ServiceLevel;
    readonly writes: ServiceLevel;
    /** At any moment until then, or once it is settled. */
    readonly unserved: Unserved;
    readonly seconds: number | null;
    /** One after the other, they make up `seconds`; empty where that is 0 or not known. */
    readonly stages: readonly Stage[];
  };
  /** Can somebody who is not signed in sign in? How long do existing sessions last (seconds)? */
  readonly signIn: "works" | "fails" | "unknown";
  readonly sessionsEndAfter: number | null;
  readonly reasons: readonly Reason[];
}

/** Clients that resolve the public name, as the DNS answers them. */
export interface DnsOutcome {
  /** Share of clients that is affected before the dead site leaves the answers, 0-1. */
  readonly affectedShare: number | null;
  /** Until resolvers that keep the TTL no longer send anybody there, seconds; `Infinity` is written as null with `settles` false. */
  readonly seconds: number | null;
  /** One after the other, they make up `seconds`; empty where that is 0 or not known. */
  readonly stages: readonly Stage[];
  readonly settles: boolean;
  readonly reads: ServiceLevel;
  readonly writes: ServiceLevel;
  readonly reasons: readonly Reason[];
}

export interface DataLoss {
  /** `postgres`, `mongo`, `uploads:core-media@aachen`. */
  readonly subject: string;
  /** Seconds of writes lost at worst; null: everything, or unknown as `kind` says. */
  readonly seconds: number | null;
  readonly kind: "none" | "bounded" | "everything" | "unknown";
  /** From what it is brought back: `standby titan`, `archive backup-aachen`, `weekly copy on titan`. */
  readonly restoredFrom: string | null;
  readonly reasons: readonly Reason[];
}

export interface SplitBrain {
  readonly possible: "no" | "yes" | "unknown";
  readonly why: string;
  readonly urns: readonly string[];
}

export interface CapacityOutcome {
  readonly site: string;
  /** Share of the peak's requests that land here, 0-1, after the fault has settled. */
  readonly share: number;
  readonly uplink: { readonly needed: number; readonly available: number | null; readonly unit: "bit/s" };
  readonly requests: { readonly needed: number; readonly available: number | null; readonly unit: "1/s" };
  readonly enough: "yes" | "no" | "unknown";
}

export interface PromiseVerdict {
  /** R4, R5, R7, R8, C1 … */
  readonly id: string;
  readonly verdict: "kept" | "broken" | "unknown" | "pending";
  readonly why: string;
}

/** What happens after a fault. */
export interface Outcome {
  readonly fault: string;
  readonly title: string;
  readonly events: readonly (readonly FaultEvent[])[];
  readonly sites: readonly SiteOutcome[];
  readonly dns: DnsOutcome;
  readonly recovery: Recovery;
  readonly dataLoss: readonly DataLoss[];
  readonly splitBrain: SplitBrain;
  readonly capacity: readonly CapacityOutcome[];
  readonly promises: readonly PromiseVerdict[];
  readonly reasons: readonly Reason[];
  /** Facts that are missing, and what they would decide. */
  readonly unknowns: readonly Reason[];
  /** Known only after an `up`. */
  readonly pending: readonly Reason[];
  readonly runbook: {
    readonly check: readonly string[];
    readonly type: readonly string[];
    readonly stop: readonly string[];
  };
  /** When it was last drilled, ISO date; null: never. */
  readonly lastDrilled: string | null;
}

/** What the deployed resources say of a document's claim. */
export interface ClaimVerdict {
  readonly claim: Claim;
  readonly verdict: "confirmed" | "refuted" | "unknown" | "pending";
  /** One sentence per point in which the claim holds or does not. */
  readonly why: string;
  readonly reasons: readonly Reason[];
}
