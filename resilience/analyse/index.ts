import { capacityOf } from "../capacity/sites.ts";
import type { Fault } from "../fault.ts";
import { valueOf } from "../fact.ts";
import { catalogue } from "../faults/catalogue.ts";
import type { CapacityOutcome, ClaimVerdict, Outcome, PromiseVerdict } from "../outcome.ts";
import type { System } from "../system.ts";
import { claimedFaults, judgeClaim } from "./claims.ts";
import { shares } from "./names.ts";
import { withoutPublicCertificate } from "./public-certificates.ts";
import { outcomeOf } from "./outcome.ts";

export { usuallyUnserved } from "./outcome.ts";

/** What a fault does to a system: to each site's clients, for how long, what is lost, what a person must do. */
export function analyse(system: System, fault: Fault): Outcome {
  const outcome = outcomeOf(system, fault);
  const promises = valueOf(system.promises);
  const claims = (promises?.claims ?? []).filter((claim) => {
    const claimed = claimedFaults(system, claim);
    return typeof claimed !== "string" && claimed.some(({ expression }) => expression === fault.expression);
  });
  const verdicts = promises ? claims.map((claim) => promiseOf(judgeClaim(system, claim, promises, outcome))) : [];
  return {
    ...outcome,
    promises: [...outcome.promises, ...verdicts],
    unknowns: [...outcome.unknowns, ...withoutPublicCertificate(system)],
  };
}

/** The outcome of every fault in the catalogue. */
export function analyseAll(system: System): readonly Outcome[] {
  return catalogue(system).map((fault) => analyse(system, fault));
}

/** What the deployed resources say of each claim; a claim whose fault names what the system does not have is `unknown`. */
export function judgeClaims(system: System): readonly ClaimVerdict[] {
  const promises = valueOf(system.promises);
  return (promises?.claims ?? []).map((claim): ClaimVerdict => {
    const faults = claimedFaults(system, claim);
    if (typeof faults === "string")
      return {
        claim,
        verdict: "unknown",
        why: `the system does not have what the claim speaks of: ${faults}`,
        reasons: [],
      };
    const verdicts = faults.map((fault) => {
      const judged = judgeClaim(system, claim, promises as NonNullable<typeof promises>, outcomeOf(system, fault));
      return faults.length === 1 ? judged : { ...judged, why: `${fault.expression}: ${judged.why}` };
    });
    return verdicts.reduce((a, b) => (WORST.indexOf(b.verdict) < WORST.indexOf(a.verdict) ? b : a));
  });
}

const WORST: readonly ClaimVerdict["verdict"][] = ["refuted", "unknown", "pending", "confirmed"];

/** Load against capacity while nothing is wrong [R1-R3]; empty if the load or the names' records are not known. */
export function normalCapacity(system: System): readonly CapacityOutcome[] {
  const workload = valueOf(system.workload);
  const spread = shares(system, []);
  return workload && spread ? capacityOf(system, workload, spread) : [];
}

const AS_PROMISE = { confirmed: "kept", refuted: "broken", unknown: "unknown", pending: "pending" } as const;

function promiseOf({ claim, verdict, why }: ClaimVerdict): PromiseVerdict {
  return { id: claim.id, verdict: AS_PROMISE[verdict], why };
}
