/** One thing that is paid for, read from a declared resource. */
export interface CostLine {
  readonly site: string;
  /** What it is, for people: `3 × Standard_D4s_v5`. */
  readonly what: string;
  /** The key in the price table. */
  readonly item: string;
  readonly quantity: number;
  /** `month`, `GiB and month`, `GB`. */
  readonly unit: string;
  /** Price of one unit; `null`: the table has none. */
  readonly price: number | null;
  readonly monthly: number | null;
  readonly urns: readonly string[];
  /** Which promise or purpose it is paid for: `R7`, `S1.7`; empty: the platform itself. */
  readonly serves: readonly string[];
}

/** What a platform costs per month, as far as prices are known. */
export interface Cost {
  /** ISO 4217; `null`: no price table is declared. */
  readonly currency: string | null;
  /** ISO date of the table. */
  readonly asOf: string | null;
  readonly lines: readonly CostLine[];
  /** Sum of what is known. */
  readonly monthly: number;
  /** What is missing: items without a price, quantities that nothing declares. */
  readonly unknown: readonly string[];
}
