import { expect } from "chai";
import { vmSizeOf } from "../../../resilience/observe/vm-sizes.ts";

const GIB = 2 ** 30;

describe("sizes of Azure's machines", () => {
  for (const [name, cores, gib] of [
    ["Standard_D2s_v5", 2, 8],
    ["Standard_D96ads_v5", 96, 384],
    ["Standard_D64ds_v4", 64, 256],
    ["Standard_D96as_v4", 96, 384],
    ["Standard_D48s_v3", 48, 192],
    ["Standard_E20as_v5", 20, 160],
    ["Standard_F72s_v2", 72, 144],
    ["Standard_B12ms", 12, 48],
  ] as const)
    it(`has ${cores} processors and ${gib} GiB in ${name}`, () => {
      expect(vmSizeOf(name)).to.deep.equal({ cores, memory: gib * GIB });
    });

  // The largest of a series are not as their siblings, a series need not have its neighbour's sizes, and B2s has 4 GiB.
  for (const name of ["Standard_E96s_v5", "Standard_D96s_v4", "Standard_D96ds_v4", "Standard_D3s_v5", "Standard_B2s"])
    it(`knows no ${name}`, () => {
      expect(vmSizeOf(name)).to.equal(undefined);
    });
});
