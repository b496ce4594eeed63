import { expect } from "chai";
import { InputError } from "../../../../config/problem.ts";
import { selectDrills, wordsOf } from "../../../../lab/drill/select.ts";
import { timesOf } from "../../../../lab/drill/schedule.ts";
import { drillsOf, plannedDrills } from "../../../../lab/faults/index.ts";

const names = { primary: "aachen", standby: "titan" };
const drills = drillsOf(names);
const planned = plannedDrills(names);
const select = (only: string | undefined, short = false) =>
  selectDrills(drills, planned, { short, ...(only === undefined ? {} : { only: wordsOf(only) }) });

describe("which drills are run", () => {
  it("knows all fourteen, each drill by its id and fault, whether it is written or not", () => {
    const ids = new Set(planned.map(({ id }) => id));
    for (let number = 1; number <= 14; number++) expect(ids).to.include(`D${number}`);
    const keys = planned.map(({ id, fault }) => `${id} ${fault}`);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(planned.length).to.be.above(drills.length);
  });

  it("runs all that are written, or those named by id or fault", () => {
    expect(select(undefined)).to.have.length(drills.length);
    expect(select("d4, D9").map(({ id }) => id)).to.deep.equal(["D4", "D4", "D4", "D4", "D9"]);
    expect(select("process:mongo@aachen").map(({ fault }) => fault)).to.deep.equal(["process:mongo@aachen"]);
    expect(select("D4:process:postgres@aachen").map(({ id }) => id)).to.deep.equal(["D4"]);
    // What cannot be run may stand beside what can, not alone.
    const unwritten = planned.find(({ id, fault }) => !drills.some((one) => one.id === id && one.fault === fault));
    if (unwritten === undefined) return;
    expect(select(`D9 ${unwritten.fault}`).map(({ id }) => id)).to.deep.equal(["D9"]);
    expect(() => select(unwritten.fault)).to.throw(InputError, /cannot be run/);
  });

  it("runs one fault for each store and one link cut in short", () => {
    expect(select(undefined, true).map(({ fault }) => fault)).to.deep.equal([
      "link:aachen-titan",
      "process:postgres@aachen",
      "process:mongo@aachen",
    ]);
  });

  it("refuses all unknown words at once, with what may have been meant", () => {
    expect(() => select("D1,D144 X")).to.throw(InputError, /2 faults[\s\S]*"D144"[\s\S]*did you mean D14[\s\S]*"X"/);
    expect(() => select("D4:proces:mongo@aachen")).to.throw(InputError, /did you mean D4:process:mongo@aachen/);
    expect(() => select("disk:aachen/dat:3")).to.throw(InputError, /did you mean disk:aachen\/data:3/);
  });
});

describe("the times of a run", () => {
  it("causes the fault at a random phase, and holds what heals by itself for longer than predicted", () => {
    const at = (random: number, hold: number | "recovery" = "recovery", predicted: number | null = 16) =>
      timesOf({ hold }, predicted, { short: false, random: () => random });
    expect(at(0).phase).to.equal(0);
    expect(at(0.99).phase).to.be.within(9, 10);
    expect(at(0).hold).to.be.above(16);
    expect(at(0, "recovery", null).hold).to.be.above(60);
    expect(at(0, 40).hold).to.equal(40);
  });
});
