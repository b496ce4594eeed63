import { expect } from "chai";
import { checkSetting, directionsBetween, isCut, rateCommand } from "../../../../lab/network/line.ts";
import type { Cut } from "../../../../lab/network/line.ts";

const directions = directionsBetween(["aachen", "titan", "azure"]);
const cutBy = (cut: Cut): readonly string[] =>
  directions.filter((one) => isCut(cut, one, directions)).map(({ from, to }) => `${from}>${to}`);

describe("the line between sites", () => {
  it("has a device for each direction between two sites", () => {
    expect(directionsBetween(["aachen", "titan"])).to.deep.equal([
      { from: "aachen", to: "titan", device: "line0-1" },
      { from: "titan", to: "aachen", device: "line1-0" },
    ]);
    expect(new Set(directions.map(({ device }) => device)).size).to.equal(6);
  });

  it("is cut as a whole, in one direction, or between two sites", () => {
    expect(cutBy("both")).to.have.length(6);
    expect(cutBy({ from: "aachen", to: "titan" })).to.deep.equal(["aachen>titan"]);
    expect(cutBy({ between: ["titan", "aachen"] })).to.have.members(["aachen>titan", "titan>aachen"]);
    expect(() => cutBy({ from: "aachen", to: "bonn" })).to.throw("no line from aachen to bonn");
  });

  it("takes only what a line can be, and names all that is wrong", () => {
    checkSetting({});
    checkSetting({ delayMs: 10, jitterMs: 10, rateMbit: 100, lossPercent: 100 });
    const wrong = { delayMs: -1, jitterMs: 2, rateMbit: 0, lossPercent: 101 };
    for (const word of ["delayMs -1", "jitterMs 2", "rateMbit 0", "lossPercent 101"])
      expect(() => checkSetting(wrong)).to.throw(word);
    expect(() => checkSetting({ delayMs: NaN })).to.throw("delayMs NaN");
  });

  it("lets a burst of 10 ms through, or a few packets on a slow line", () => {
    const words = (rate?: number): string => rateCommand("tc", "line0-1", rate).join(" ");
    const limit = "tc qdisc replace dev line0-1 root tbf";
    expect(words(100)).to.equal(`${limit} rate 100000000bit burst 125000 latency 100ms`);
    expect(words(0.5)).to.equal(`${limit} rate 500000bit burst 6056 latency 100ms`);
    expect(words()).to.equal("tc qdisc delete dev line0-1 root");
  });
});
