import { expect } from "chai";
import fc from "fast-check";
import { diskPrice } from "../../../resilience/cost/disk-tiers.ts";

const GIB = 2 ** 30;

describe("disk tiers", () => {
  for (const [sku, gib, expected] of [
    ["Premium_LRS", 4, "P1"],
    ["Premium_LRS", 4.1, "P2"],
    ["Premium_ZRS", 20, "P4"],
    ["Premium_ZRS", 32, "P4"],
    ["Premium_ZRS", 33, "P6"],
    ["StandardSSD_ZRS", 128, "E10"],
    ["Standard_LRS", 1, "S4"],
    ["Premium_LRS", 32_767, "P80"],
  ] as const)
    it(`bills ${gib} GiB of ${sku} as ${expected}`, () =>
      expect(diskPrice(sku, gib * GIB)).to.deep.equal({ by: "tier", tier: expected }));

  it("bills some kinds by the GiB, and knows no other kind and nothing larger", () => {
    expect(diskPrice("PremiumV2_LRS", 10.5 * GIB)).to.deep.equal({ by: "GiB", gib: 11 });
    expect(diskPrice("Gold_LRS", GIB).by).to.equal("unknown");
    expect(diskPrice("Premium_LRS", 32_768 * GIB).by).to.equal("unknown");
  });

  it("never bills a larger disk by a smaller tier", () => {
    const size = fc.integer({ min: 1, max: 32_767 });
    const tier = (gib: number): number => {
      const price = diskPrice("Premium_LRS", gib * GIB);
      return price.by === "tier" ? Number(price.tier.slice(1)) : NaN;
    };
    fc.assert(fc.property(size, size, (a, b) => tier(Math.min(a, b)) <= tier(Math.max(a, b))));
  });
});
