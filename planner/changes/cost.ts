import type { OutcomesDocument } from "./document.ts";

type Cost = OutcomesDocument["cost"];

/** Per month; `null`: not paid for in that state. */
export type Price = number | "no price" | null;

/** What the change costs per month, as far as prices are known. */
export interface CostChange {
  /** ISO 4217. */
  readonly currency: string;
  readonly before: number;
  readonly after: number;
  /** What came, went, or has another price. */
  readonly lines: readonly {
    readonly site: string;
    readonly what: string;
    readonly before: Price;
    readonly after: Price;
  }[];
  /** What has no price in the new state; the sums leave it out. */
  readonly unknown: readonly string[];
}

/** `null` where one of the two sides has no prices, or has them in another currency. */
export function costChange(before: Cost, after: Cost): CostChange | null {
  if (!before || !after || after.currency === null || before.currency !== after.currency) return null;
  const [old, now] = [pricesOf(before), pricesOf(after)];
  const lines = [...new Map([...now, ...old])].flatMap(([key, { site, what }]) => {
    const [was, is] = [old.get(key)?.price ?? null, now.get(key)?.price ?? null];
    return was === is ? [] : [{ site, what, before: was, after: is }];
  });
  return { currency: after.currency, before: before.monthly, after: after.monthly, lines, unknown: after.unknown };
}

interface Priced {
  readonly site: string;
  readonly what: string;
  readonly price: number | "no price";
}

/** Lines that say the same of one site are one: their prices are added, and one without a price leaves the sum open. */
function pricesOf({ lines }: NonNullable<Cost>): ReadonlyMap<string, Priced> {
  const sums = new Map<string, Priced>();
  for (const { site, what, monthly } of lines) {
    const key = JSON.stringify([site, what]);
    const sum = sums.get(key)?.price ?? 0;
    sums.set(key, { site, what, price: monthly === null || sum === "no price" ? "no price" : sum + monthly });
  }
  return sums;
}
