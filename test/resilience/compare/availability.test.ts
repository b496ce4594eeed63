import { expect } from "chai";
import { mostAvailable } from "../../../resilience/compare/availability.ts";
import type { Contender } from "../../../resilience/compare/availability.ts";
import type { FaultClass } from "../../../resilience/compare/classes.ts";

/** Faults of a class: how many there are, of how many R5 holds, of how many it is open. */
type Counts = readonly [of: number, within: number, open?: number];

function contender(name: string, classes: Partial<Record<FaultClass, Counts>>): Contender {
  return {
    name,
    profiles: Object.entries(classes).map(([faultClass, [faults, within, open = 0]]) => ({
      faultClass: faultClass as FaultClass,
      faults,
      within,
      open,
      slowest: { fault: "any", recovery: { mode: "automatic", seconds: 1, stages: [], commands: [] } },
      dataLoss: [],
      recoveries: { byItself: faults, byPerson: 0, never: 0, unknown: 0 },
    })),
  };
}

const one = contender("one", { disk: [4, 4], site: [2, 1] });

describe("the most available topology [S3.5]", () => {
  const verdict = (other: Contender): string => mostAvailable("one", [one, other]).verdict;

  it("is confirmed when behind no other in any class and ahead of each in one", () =>
    expect(mostAvailable("one", [one, contender("two", { disk: [4, 2], site: [4, 2] })])).to.deep.equal({
      verdict: "confirmed",
      why: ["disk: ahead of two, 4 of 4 against 2 of 4"],
    }));

  it("is refuted by one class in which another is ahead, whatever the rest", () =>
    expect(mostAvailable("one", [one, contender("two", { disk: [9, 0], site: [3, 2] })])).to.deep.include({
      verdict: "refuted",
    }));

  it("is refuted when nothing sets it apart", () =>
    expect(mostAvailable("one", [one, contender("two", { disk: [2, 2], site: [4, 2] })])).to.deep.equal({
      verdict: "refuted",
      why: ["nowhere ahead of two"],
    }));

  it("takes a fault that can't happen for one that is survived", () => {
    expect(verdict(contender("two", { disk: [4, 4] }))).to.equal("refuted");
    expect(verdict(contender("two", { disk: [4, 3], site: [2, 1], link: [3, 0] }))).to.equal("confirmed");
  });

  it("is unknown where open facts could turn it, and not where they can't", () => {
    expect(verdict(contender("two", { disk: [4, 1, 1], site: [2, 0, 2] }))).to.equal("unknown");
    expect(verdict(contender("two", { disk: [4, 1, 1], site: [4, 0, 1] }))).to.equal("confirmed");
    expect(verdict(contender("two", { disk: [4, 4], site: [2, 2, 0], link: [1, 0, 1] }))).to.equal("refuted");
  });

  it("knows no other", () => expect(() => mostAvailable("three", [one])).to.throw(RangeError, "none of one"));
});
