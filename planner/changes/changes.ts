import { costChange } from "./cost.ts";
import type { CostChange } from "./cost.ts";
import type { OutcomesDocument } from "./document.ts";
import { faultChanges } from "./faults.ts";
import type { FaultChange } from "./faults.ts";
import { policyChanges } from "./policies.ts";
import type { PolicyChanges } from "./policies.ts";
import { reasonsChange } from "./reasons.ts";
import type { ReasonsChange } from "./reasons.ts";

/** A promise over all faults, or a claim of the document; `null`: it was not made, or is no longer. */
export interface VerdictChange {
  readonly id: string;
  readonly title: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Of a promise: the faults that it is judged otherwise after, and how. */
  readonly faults: readonly {
    readonly fault: string;
    readonly before: string | null;
    readonly after: string | null;
    readonly why: string;
  }[];
  /** Of a claim: why it is confirmed or refuted, before and now. */
  readonly why: { readonly before: string | null; readonly after: string | null } | null;
  readonly reasons: ReasonsChange;
}

/** What another state of the same platform's resources changes in what becomes of it. */
export interface Changes {
  /** Stacks that only one of the two sides has: what they hold seems to appear or to vanish. */
  readonly stacks: { readonly gone: readonly string[]; readonly come: readonly string[] };
  /** Every promise, and every mandatory policy where policies were judged: what the exit code tells. */
  readonly kept: { readonly before: boolean; readonly after: boolean };
  readonly promises: readonly VerdictChange[];
  readonly claims: readonly VerdictChange[];
  readonly faults: readonly FaultChange[];
  readonly policies: PolicyChanges | null;
  readonly cost: CostChange | null;
  /** What only one of the two sides tells of, and so is not compared: a sentence each. */
  readonly uncompared: readonly string[];
}

/** Compares outcomes with those of a base: which promise changed, and why. */
export function changesOf(before: OutcomesDocument, after: OutcomesDocument): Changes {
  const faults = faultChanges(before.outcomes, after.outcomes);
  return {
    stacks: {
      gone: missing(stackNames(before), stackNames(after)),
      come: missing(stackNames(after), stackNames(before)),
    },
    kept: { before: isKept(before), after: isKept(after) },
    promises: promiseChanges(before, after, faults),
    claims: claimChanges(before, after),
    faults,
    policies: policyChanges(before.policies, after.policies),
    cost: costChange(before.cost, after.cost),
    uncompared: uncompared(before, after),
  };
}

/** Has nothing changed that a person would want to know? */
export function isUnchanged({ stacks, promises, claims, faults, policies, cost }: Changes): boolean {
  const lists: readonly (readonly unknown[])[] = [stacks.gone, stacks.come, promises, claims, faults];
  return [...lists, policies?.violated ?? [], policies?.mended ?? [], cost?.lines ?? []].every(
    ({ length }) => length === 0,
  );
}

function isKept({ kept, policies }: OutcomesDocument): boolean {
  return kept && (policies?.kept ?? true);
}

function uncompared(before: OutcomesDocument, after: OutcomesDocument): readonly string[] {
  const [priced, currency] = [before.cost?.currency ?? null, after.cost?.currency ?? null];
  return [
    ...(before.policies && !after.policies ? ["The policies were judged for the base only."] : []),
    ...(after.policies && !before.policies ? ["The policies were not judged for the base."] : []),
    ...(priced === currency
      ? []
      : priced === null
        ? ["The base has no prices: the cost can't be compared."]
        : currency === null
          ? ["The new state has no prices: the cost can't be compared."]
          : [`The base's prices are in ${priced}, the new ones in ${currency}: the cost can't be compared.`]),
  ];
}

function stackNames({ stacks }: OutcomesDocument): readonly string[] {
  return stacks.map(({ stack }) => stack);
}

function missing(all: readonly string[], others: readonly string[]): readonly string[] {
  return all.filter((one) => !others.includes(one));
}

function promiseChanges(
  before: OutcomesDocument,
  after: OutcomesDocument,
  faults: readonly FaultChange[],
): readonly VerdictChange[] {
  const [old, now] = [before, after].map(({ promises }) => new Map(promises.map(({ id, verdict }) => [id, verdict])));
  return [...new Set([...(now?.keys() ?? []), ...(old?.keys() ?? [])])].flatMap((id) => {
    const affected = faults.flatMap(({ fault, promises }) =>
      promises
        .filter((promise) => promise.id === id)
        .map(({ before: was, after: is, why }) => ({ fault, before: was, after: is, why })),
    );
    // A fault that came or went with its promise kept says nothing of the promise.
    const telling = affected.filter(
      ({ before: was, after: is }) => (was !== null && is !== null) || (is ?? was) !== "kept",
    );
    const [was, is] = [old?.get(id) ?? null, now?.get(id) ?? null];
    if (was === is && telling.length === 0) return [];
    return [{ id, title: "", before: was, after: is, faults: telling, why: null, reasons: { gone: [], come: [] } }];
  });
}

function claimChanges(before: OutcomesDocument, after: OutcomesDocument): readonly VerdictChange[] {
  const old = new Map(before.claims.map((one) => [one.claim.id, one]));
  const now = new Map(after.claims.map((one) => [one.claim.id, one]));
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    if (was?.verdict === is?.verdict && was?.why === is?.why) return [];
    return [
      {
        id,
        title: (is ?? was)?.claim.title ?? "",
        before: was?.verdict ?? null,
        after: is?.verdict ?? null,
        faults: [],
        why: { before: was?.why ?? null, after: is?.why ?? null },
        reasons: reasonsChange(was?.reasons ?? [], is?.reasons ?? []),
      },
    ];
  });
}
