const GIB = 2 ** 30;

/**
 * Sizes up to which each tier of a managed disk is billed, GiB: a disk costs what the next larger tier costs (Microsoft
 * Learn, Azure managed disk types: Premium SSD sizes, 16 March 2023). Standard SSDs and HDDs have the same sizes; theirs were
 * not looked up one by one.
 */
const SIZES: readonly (readonly [number: number, gib: number])[] = [
  [1, 4],
  [2, 8],
  [3, 16],
  [4, 32],
  [6, 64],
  [10, 128],
  [15, 256],
  [20, 512],
  [30, 1024],
  [40, 2048],
  [50, 4096],
  [60, 8192],
  [70, 16_384],
  [80, 32_767],
];

/** First letter of the tiers of a SKU, and the smallest one that it has. */
const FAMILIES: Readonly<Record<string, { readonly letter: string; readonly smallest: number }>> = {
  Premium: { letter: "P", smallest: 1 },
  StandardSSD: { letter: "E", smallest: 1 },
  Standard: { letter: "S", smallest: 4 },
};

/** SKUs that are billed by the GiB; what they take for IOPS and throughput beyond the base comes on top. */
const BY_SIZE: readonly string[] = ["PremiumV2_LRS", "UltraSSD_LRS"];

export type DiskPrice =
  | { readonly by: "tier"; readonly tier: string }
  | { readonly by: "GiB"; readonly gib: number }
  | { readonly by: "unknown"; readonly why: string };

/** How a disk of so many bytes is billed. @param sku as a StorageClass names it: `Premium_ZRS` */
export function diskPrice(sku: string, bytes: number): DiskPrice {
  const gib = bytes / GIB;
  if (BY_SIZE.includes(sku)) return { by: "GiB", gib: Math.ceil(gib) };
  const family = FAMILIES[/^(Premium|StandardSSD|Standard)_(LRS|ZRS)$/.exec(sku)?.[1] ?? ""];
  if (!family) return { by: "unknown", why: `${sku} is no SKU of a managed disk` };
  const tier = SIZES.find(([number, largest]) => number >= family.smallest && gib <= largest);
  return tier
    ? { by: "tier", tier: `${family.letter}${tier[0]}` }
    : { by: "unknown", why: `${Math.round(gib)} GiB is more than the largest managed disk` };
}

/** Premium shares are billed by their size, and have at least so much (Azure Files, provisioned v1 model, 2026). GiB. */
const SMALLEST_SHARE = 100;

/** How a share of Azure Files of so many bytes is billed. @param sku as a StorageClass names it: `Premium_ZRS` */
export function sharePrice(sku: string, bytes: number): DiskPrice {
  return /^Premium_(LRS|ZRS)$/.test(sku)
    ? { by: "GiB", gib: Math.max(SMALLEST_SHARE, Math.ceil(bytes / GIB)) }
    : { by: "unknown", why: `shares of ${sku} are billed by more than their size` };
}
