import type { ClaimVerdict, Outcome, PromiseVerdict } from "./outcome.ts";

/** One promise over all faults: how the worst of them leaves it. */
export interface PromiseSummary {
  readonly id: string;
  readonly verdict: PromiseVerdict["verdict"];
  /** The faults that leave it so, each with its reason. */
  readonly faults: readonly { readonly fault: string; readonly why: string }[];
}

const WORST_FIRST: readonly PromiseVerdict["verdict"][] = ["broken", "unknown", "pending", "kept"];

/** Every promise that any outcome speaks of, in the order of their ids; claims have verdicts of their own. */
export function summarisePromises(
  outcomes: readonly Outcome[],
  claims: readonly ClaimVerdict[],
): readonly PromiseSummary[] {
  const claimed = new Set(claims.map(({ claim }) => claim.id));
  const said = outcomes.flatMap(({ fault, promises }) => promises.map((promise) => ({ fault, ...promise })));
  const ids = [...new Set(said.map(({ id }) => id))]
    .filter((id) => !claimed.has(id))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return ids.map((id) => {
    const ofId = said.filter((promise) => promise.id === id);
    const verdict = WORST_FIRST.find((candidate) => ofId.some((promise) => promise.verdict === candidate)) ?? "unknown";
    return {
      id,
      verdict,
      faults: ofId.filter((promise) => promise.verdict === verdict).map(({ fault, why }) => ({ fault, why })),
    };
  });
}

/** A fact that is missing counts as a failure; one that only an `up` can tell does not. */
export function isKept(promises: readonly PromiseSummary[], claims: readonly ClaimVerdict[]): boolean {
  return (
    promises.every(({ verdict }) => verdict === "kept" || verdict === "pending") &&
    claims.every(({ verdict }) => verdict === "confirmed" || verdict === "pending")
  );
}
