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
  /** The same when autoscaling has grown as far as it may; absent where nothing grows. */
  readonly most?: { readonly quantity: number; readonly monthly: number | null };
  readonly urns: readonly string[];
  /** Which promise or purpose it is paid for: `R7`, `S1.7`; empty: the platform itself. */
  readonly serves: readonly string[];
}

/** What something that was promised costs per month. One line may serve several purposes: they don't add up to the whole. */
export interface CostPurpose {
  /** Ids of the requirements: `R7`. */
  readonly ids: readonly string[];
  readonly what: string;
  /** Sum of what is known. */
  readonly monthly: number;
  /** Items without a price; not empty: `monthly` is not all. */
  readonly unknown: readonly string[];
}

/** What a platform costs per month, as far as prices are known. */
export interface Cost {
  /** ISO 4217; `null`: no price table is declared. */
  readonly currency: string | null;
  /** ISO date of the table. */
  readonly asOf: string | null;
  /** Where the prices were taken from, in the words of whoever wrote the table. */
  readonly source: string | null;
  readonly lines: readonly CostLine[];
  /** Sum of what is known, with the fewest nodes that autoscaling leaves. */
  readonly monthly: number;
  /** Sum of what is known once autoscaling has grown as far as it may. */
  readonly most: number;
  readonly purposes: readonly CostPurpose[];
  /** What is missing: items without a price, quantities that nothing declares. */
  readonly unknown: readonly string[];
}
