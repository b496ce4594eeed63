import type { VerdictChange } from "./changes.ts";
import type { CostChange, Price } from "./cost.ts";
import type { FaultChange } from "./faults.ts";
import type { Finding } from "./policies.ts";
import { pointsChange } from "./reasons.ts";
import type { ReasonsChange } from "./reasons.ts";

/** Faults that change in the same way, for the same reasons. */
export interface FaultGroup {
  readonly faults: readonly FaultChange[];
  /** The lines that hold for all of them, marked as in a diff: `- ` before, `+ ` after. */
  readonly lines: readonly string[];
}

/** A verdict as a person reads it; `null`: there is none. */
export function verdictWord(verdict: string | null): string {
  return verdict ?? "none";
}

const WORSE: Readonly<Record<string, number>> = {
  kept: 0,
  confirmed: 0,
  pending: 1,
  unknown: 2,
  broken: 3,
  refuted: 3,
};

/** Above 0: gets worse; below 0: better. What was not there before, or is no longer, counts as kept. */
export function worsening({ before, after }: Pick<VerdictChange, "before" | "after">): number {
  return (WORSE[after ?? "kept"] ?? 0) - (WORSE[before ?? "kept"] ?? 0);
}

/** Ids of what gets worse and of what gets better. */
export function directions(changes: readonly VerdictChange[]): { worse: readonly string[]; better: readonly string[] } {
  const ids = (chosen: (direction: number) => boolean): readonly string[] =>
    changes.filter((change) => chosen(worsening(change))).map(({ id }) => id);
  return { worse: ids((direction) => direction > 0), better: ids((direction) => direction < 0) };
}

/** Why a promise or a claim is judged otherwise now. */
export function verdictLines({ title, faults, why, reasons }: VerdictChange): readonly string[] {
  return [
    ...(title === "" ? [] : [`  ${title}`]),
    ...faults.flatMap(({ fault, before, after, why: words }) => [
      `  after ${fault}: ${verdictWord(before)} → ${verdictWord(after)}`,
      `${after === null ? "-" : "+"} ${words}`,
    ]),
    ...(why ? pointLines("", why) : []),
    ...reasonLines(reasons),
  ];
}

export function faultGroups(changes: readonly FaultChange[]): readonly FaultGroup[] {
  const groups = new Map<string, FaultChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.kind, change.aspects, change.promises, change.reasons]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].map((faults) => ({ faults, lines: faultLines(faults) }));
}

function faultLines(faults: readonly FaultChange[]): readonly string[] {
  const [first] = faults;
  if (!first) return [];
  return [
    ...faults.map(({ title }) => `  ${title}`),
    ...first.aspects.flatMap((aspect) => pointLines(`${aspect.name}: `, aspect)),
    ...first.promises.flatMap(({ id, before, after, why }) => [
      ...(before === null ? [] : [`- ${id} ${before}`]),
      ...(after === null ? [] : [`+ ${id} ${after}: ${why}`]),
    ]),
    ...reasonLines(first.reasons),
  ];
}

function pointLines(head: string, change: { before: string | null; after: string | null }): readonly string[] {
  const { gone, come } = pointsChange(change.before, change.after);
  return [...gone.map((point) => `- ${head}${point}`), ...come.map((point) => `+ ${head}${point}`)];
}

function reasonLines({ gone, come }: ReasonsChange): readonly string[] {
  const lines = (sign: string, reasons: ReasonsChange["gone"]): readonly string[] =>
    reasons.flatMap(({ text, urns }) => [`${sign} ${text}`, ...urns.map((urn) => `${sign}     ${urn}`)]);
  return gone.length + come.length === 0 ? [] : ["  because of", ...lines("-", gone), ...lines("+", come)];
}

export function findingLines(sign: "-" | "+", findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ policy, level, stack, urn, message }) => [
    `${sign} ${policy} (${level}, ${stack ?? "all sites"}): ${message}`,
    ...(urn === null ? [] : [`${sign}     ${urn}`]),
  ]);
}

/** `412.00 → 455.10 EUR per month (+43.10)`; what has no price is said. */
export function costChangeText({ currency, before, after, unknown }: CostChange): string {
  const difference = after - before;
  const sum = `${amount(before)} → ${amount(after)} ${currency} per month (${difference < 0 ? "" : "+"}${amount(difference)})`;
  return unknown.length === 0 ? sum : `${sum}, without what has no price: ${unknown.join("; ")}`;
}

export function costChangeLines({ lines }: CostChange): readonly string[] {
  return lines.flatMap(({ site, what, before, after }) => [
    ...(before === null ? [] : [`- ${site}: ${what}: ${priceText(before)}`]),
    ...(after === null ? [] : [`+ ${site}: ${what}: ${priceText(after)}`]),
  ]);
}

function priceText(price: NonNullable<Price>): string {
  return price === "no price" ? price : amount(price);
}

function amount(value: number): string {
  return value.toFixed(2);
}
