import { expect } from "chai";
import fc from "fast-check";
import {
  addressIn,
  addressNumber,
  addressText,
  overlap,
  parseRange,
  partOf,
  rangeAround,
  rangeText,
} from "../../../../lab/network/addresses.ts";

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("the lab's addresses", () => {
  it("are numbers and texts of the same thing", () => {
    fc.assert(fc.property(address, (number) => addressNumber(addressText(number)) === number));
    expect(addressText(addressNumber("192.0.2.10"))).to.equal("192.0.2.10");
  });

  it("are refused when they are none", () => {
    for (const text of ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.x", "1.2.3.-4", "1.2.3. 4", "::1"])
      expect(() => addressNumber(text), text).to.throw("no IPv4 address");
    for (const text of ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/"])
      expect(() => parseRange(text), text).to.throw("no range");
    expect(() => parseRange("10.1.2.0/16")).to.throw("10.1.2.0/16 does not start at the first address");
  });

  it("lie in the range around them, and in no neighbour of it", () => {
    const check = (number: number, bits: number): void => {
      const range = rangeAround(addressText(number), bits);
      expect(overlap(range, { first: number, bits: 32 })).to.equal(true);
      expect(parseRange(rangeText(range))).to.deep.equal(range);
      const next = { first: range.first + 2 ** (32 - bits), bits };
      expect(overlap(range, next)).to.equal(false);
    };
    fc.assert(fc.property(address, fc.integer({ min: 1, max: 32 }), check));
  });

  it("are counted within a range, and no further", () => {
    const range = parseRange("10.101.0.0/16");
    expect(addressIn(range, 10)).to.equal("10.101.0.10");
    expect(addressIn(range, 65535)).to.equal("10.101.255.255");
    expect(() => addressIn(range, 65536)).to.throw("no address number 65536");
    expect(rangeText(partOf(range, 24, 3))).to.equal("10.101.3.0/24");
    expect(() => partOf(range, 24, 256)).to.throw("no part number 256");
    expect(() => partOf(range, 8, 0)).to.throw("no part number 0");
  });
});
