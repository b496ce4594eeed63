import { expect } from "chai";
import fc from "fast-check";
import { drillVerdict, drillVerdicts, figureVerdict, spreadOf } from "../../../../lab/result/verdict.ts";
import type { Predicted } from "../../../../lab/result/schema.ts";
import { figure } from "./example.ts";

const bounded = (seconds: number): Predicted => ({ kind: "bounded", seconds, from: "" });
const byHand: Predicted = { kind: "by hand", from: "" };
const unknown: Predicted = { kind: "unknown", from: "" };

describe("the verdict on a figure", () => {
  const cases: readonly (readonly [string, Predicted, readonly (number | null)[], boolean, string])[] = [
    ["no run", bounded(10), [], true, "not measured"],
    ["no run of what was not predicted", unknown, [], true, "not measured"],
    ["below the worst case", bounded(10), [6, 9.9], true, "as predicted"],
    ["the worst case itself", bounded(10), [10], true, "as predicted"],
    ["above by less than can be told", bounded(10), [10.1], true, "as predicted"],
    ["above", bounded(10), [1, 10.3], true, "worse than predicted"],
    ["one run that never came back", bounded(10), [6, null], true, "worse than predicted"],
    ["half of it", bounded(10), [1, 5], true, "as predicted"],
    ["less than half of it", bounded(10), [1, 2, 3, 4, 4.9], true, "prediction too wide"],
    ["less than half of it, in too few runs", bounded(10), [1, 2, 3, 4], true, "as predicted"],
    ["less than half of what a peer governs", bounded(10), [0.1, 0.1, 0.1, 0.1, 0.1], false, "as predicted"],
    ["above, though a peer governs", bounded(10), [11], false, "worse than predicted"],
    ["unnoticed as said", bounded(0), [0, 0.1], true, "as predicted"],
    ["noticed, and said to be unnoticed", bounded(0), [0.5], true, "worse than predicted"],
    ["unnoticed, and said to take less than can be told twice", bounded(0.4), [0, 0, 0, 0, 0], true, "as predicted"],
    ["unnoticed, and said to take longer", bounded(0.5), [0, 0, 0, 0, 0], true, "prediction too wide"],
    ["not without a person, and so it was", byHand, [null], true, "as predicted"],
    ["not without a person, but it came back", byHand, [30], true, "prediction too wide"],
    ["not without a person, but a peer brought it back", byHand, [30], false, "as predicted"],
    ["nothing was known", unknown, [5], true, "not predicted"],
  ];
  for (const [name, predicted, runs, governed, verdict] of cases) {
    it(`${name}: ${verdict}`, () => {
      expect(figureVerdict({ ...figure, predicted, runs: [...runs], governed, resolution: 0.2 })).to.equal(verdict);
    });
  }

  it("gets no better by another run that is worse", () => {
    const run = fc.double({ min: 0, max: 60, noNaN: true });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1 }), run, run, (runs, more, limit) => {
        const of = (all: number[]): string => figureVerdict({ ...figure, predicted: bounded(limit), runs: all });
        if (of(runs) === "worse than predicted") expect(of([...runs, more])).to.equal("worse than predicted");
      }),
    );
  });
});

describe("the verdict on a drill", () => {
  const wide = { ...figure, runs: [1, 1, 1, 1, 1] };
  const worse = { ...figure, runs: [60] };
  const none = { ...figure, runs: [] };
  const dark = { ...figure, predicted: unknown };

  it("is the gravest of its figures", () => {
    expect(drillVerdict([figure], [])).to.equal("as predicted");
    expect(drillVerdict([figure, none], [])).to.equal("not measured");
    expect(drillVerdict([figure, none, wide], [])).to.equal("prediction too wide");
    expect(drillVerdict([wide, dark], [])).to.equal("not predicted");
    expect(drillVerdict([dark, worse, figure], [])).to.equal("worse than predicted");
    expect(drillVerdict([], [])).to.equal("not measured");
    expect(new Set(drillVerdicts).size).to.equal(5);
  });

  it("is worse than predicted where the checker found something, however fast it was", () => {
    expect(drillVerdict([figure], ["core: 1 write is lost"])).to.equal("worse than predicted");
  });
});

describe("the spread of runs", () => {
  it("counts a run that never came back as the longest", () => {
    expect(spreadOf([])).to.deep.equal({ median: null, worst: null, runs: 0 });
    expect(spreadOf([3])).to.deep.equal({ median: 3, worst: 3, runs: 1 });
    expect(spreadOf([9, 1, 2])).to.deep.equal({ median: 2, worst: 9, runs: 3 });
    expect(spreadOf([4, 10, 1, 2])).to.deep.equal({ median: 3, worst: 10, runs: 4 });
    expect(spreadOf([null, 1, 2])).to.deep.equal({ median: 2, worst: null, runs: 3 });
    expect(spreadOf([null, 1])).to.deep.equal({ median: null, worst: null, runs: 2 });
  });
});
