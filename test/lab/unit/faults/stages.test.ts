import { expect } from "chai";
import { slowestSite, stageFigures } from "../../../../lab/drill/stages.ts";
import type { Marks } from "../../../../lab/drill/marks.ts";
import { isGoverned } from "../../../../lab/result/prediction.ts";
import type { PredictedStage } from "../../../../lab/result/schema.ts";
import { figureVerdict } from "../../../../lab/result/verdict.ts";
import { outcome, site, stage } from "./model.ts";

const chain: readonly PredictedStage[] = [
  stage("detected", 1, "constant"),
  stage("started", 62, "setting"),
  stage("ready", 7, "setting"),
  stage("connected", 1, "constant"),
];
const faultAt = 10_000;
const mark = (name: string, seconds: number, resolution = 0.1): Marks[number] => ({
  ...{ name, resolution },
  at: faultAt + seconds * 1000,
});
const told = (stages: readonly PredictedStage[], marks: Marks) =>
  stageFigures(stages, marks, faultAt).map(({ what, predicted, seconds, governed, resolution }) => [
    what,
    predicted.kind === "bounded" ? predicted.seconds : undefined,
    seconds,
    governed,
    resolution,
  ]);

describe("the stages of a run", () => {
  it("are each measured from the end of the one before it, to the resolution of both", () => {
    const marks = [mark("detected", 0.4), mark("started", 50), mark("ready", 54.5), mark("connected", 54.9, 0.5)];
    expect(told(chain, marks)).to.deep.equal([
      ["detected", 1, 0.4, false, 0.1],
      ["started", 62, 49.6, true, 0.2],
      ["ready", 7, 4.5, true, 0.2],
      ["connected", 1, 0.4, false, 0.6],
    ]);
  });

  it("are told together with the next one where nobody saw them end", () => {
    expect(told(chain, [mark("ready", 40), mark("connected", 41)])).to.deep.equal([
      ["detected + started + ready", 70, 40, true, 0.1],
      ["connected", 1, 1, false, 0.2],
    ]);
    expect(told(chain, [])).to.deep.equal([]);
    expect(told([], [mark("connected", 3)])).to.deep.equal([]);
  });

  it("end with the clients' word, though an earlier one has the same name", () => {
    const stages = [...chain, stage("elected", 2.3, "setting"), stage("connected", 0.5, "constant")];
    const seen = told(stages, [mark("ready", 5), mark("elected", 6), mark("connected", 6.2)]);
    expect(seen.map(([what]) => what)).to.deep.equal([
      "detected + started + ready",
      "connected + elected",
      "connected (2)",
    ]);
  });

  it("of one name are told apart by their order, and not at all when one of them was not seen", () => {
    const stages = [stage("detected", 12, "setting"), stage("stopped", 30, "setting"), ...chain];
    const all = [mark("detected", 9), mark("stopped", 39), mark("detected", 39.5), mark("started", 41)];
    expect(told(stages, all).map(([what, , seconds]) => [what, seconds])).to.deep.equal([
      ["detected", 9],
      ["stopped", 30],
      ["detected (2)", 0.5],
      ["started", 1.5],
    ]);
    expect(told(stages, all.slice(1)).map(([what]) => what)).to.deep.equal([
      "detected + stopped",
      "detected (2) + started",
    ]);
  });

  it("that were over before the one that was predicted to come first took no time, and no later one gains by it", () => {
    const seen = told(chain, [mark("detected", 1), mark("started", 9), mark("ready", 8), mark("connected", 9.5)]);
    expect(seen.map(([what, , seconds]) => [what, seconds])).to.deep.equal([
      ["detected", 1],
      ["started", 8],
      ["ready", 0],
      ["connected", 0.5],
    ]);
  });

  it("are judged as every figure is: too wide only where a setting governs", () => {
    const verdicts = stageFigures(chain, [mark("detected", 0.2), mark("started", 2), mark("ready", 10)], faultAt).map(
      ({ seconds, ...figure }) => figureVerdict({ ...figure, runs: [seconds, seconds, seconds, seconds, seconds] }),
    );
    expect(verdicts).to.deep.equal(["as predicted", "prediction too wide", "worse than predicted"]);
  });
});

describe("settings of ours govern a time", () => {
  it("where they make up more than half of it", () => {
    expect(isGoverned(chain)).to.equal(true);
    expect(isGoverned([stage("a", 5, "setting"), stage("b", 5, "constant")])).to.equal(false);
    expect(isGoverned([stage("a", 5.1, "setting"), stage("b", 5, "constant")])).to.equal(true);
    expect(isGoverned([])).to.equal(false);
  });
});

describe("the site whose stages are measured", () => {
  const full = { reads: "full", writes: "full" } as const;
  const waits = (name: string, seconds: number) =>
    site(name, { ...full, seconds, stages: [stage(name, seconds, "setting")] });

  it("is the one that waits longest, and of equals the one that takes the writes", () => {
    const slowest = (a: number, b: number) =>
      slowestSite(outcome({ sites: [waits("titan", b), waits("aachen", a)] }), "aachen");
    expect(slowest(0, 17)).to.deep.include({ site: "titan" });
    expect(slowest(14, 14)).to.deep.include({ site: "aachen" });
    expect(slowest(14, 14).stages.map(({ name }) => name)).to.deep.equal(["aachen"]);
  });
});
