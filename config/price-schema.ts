import { z } from "zod";

/** What things cost per unit and month, as somebody read it somewhere on some day; nothing is assumed beside it. */
export const pricesSchema = z.strictObject({
  /** ISO 4217, of every figure here and of `servers[].monthlyCost`. */
  currency: z.string().regex(/^[A-Z]{3}$/, "three capitals, such as EUR"),
  /** The day of the prices. */
  asOf: z.iso.date("a day such as 2026-11-21"),
  /** Where they were read: a price list's address, an offer's number. */
  source: z.string().min(1),
  items: z.record(z.string().min(1), z.number().min(0)),
});

export type PriceConfig = z.infer<typeof pricesSchema>;
