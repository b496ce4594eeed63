import { z } from "zod";
import { known, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { Declared } from "../observe/declarations.ts";

/** Prices per unit, as the user's config declares them; the keys are those of `items.ts`. */
export interface PriceTable {
  /** ISO 4217. */
  readonly currency: string;
  /** ISO date. */
  readonly asOf: string;
  readonly source: string;
  readonly items: Readonly<Record<string, number>>;
}

const schema: z.ZodType<PriceTable> = z.object({
  currency: z.string().regex(/^[A-Z]{3}$/),
  asOf: z.iso.date(),
  source: z.string(),
  items: z.record(z.string(), z.number().min(0)),
});

/** The price table that the Zones declare; where two differ, neither is taken. */
export function observePrices(zones: readonly Declared[]): Fact<PriceTable> {
  const [first, ...others] = zones.map(({ inputs }) => inputs.get("prices")).filter(({ absent }) => !absent);
  if (!first) return unknown("no price table is declared (config holdfast:prices)");
  const parsed = schema.safeParse(first.value);
  if (first.pending || first.secret || !parsed.success)
    return first.read<PriceTable>("a price table with currency, asOf, source and items", () => undefined);
  for (const other of others) {
    const theirs = schema.safeParse(other.value);
    if (!theirs.success || canonical(theirs.data) !== canonical(parsed.data))
      return unknown(`the price tables of ${first.urn} and ${other.urn} differ`, first.source);
  }
  return known(parsed.data, first.source);
}

function canonical({ items, ...table }: PriceTable): string {
  const sorted = Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([table.currency, table.asOf, table.source, sorted]);
}

const YEAR = 365 * 86_400_000;

/** A warning where the prices are older than a year. @param now the reader's date, so that nothing here depends on a clock */
export function staleness(asOf: string | null, now: Date): string | undefined {
  if (asOf === null) return undefined;
  const age = now.getTime() - new Date(`${asOf}T00:00:00Z`).getTime();
  return age > YEAR
    ? `the price table is of ${asOf}, more than a year old: look the prices up again (docs/costs.md)`
    : undefined;
}
