import { expect } from "chai";
import fc from "fast-check";
import { ArrayState, checkArray, hasData } from "../../../../lab/site/array.ts";
import type { ArraySpec, Level } from "../../../../lab/site/array.ts";

const array = (level: Level, disks: number): ArraySpec => ({ name: "data", level, disks });

describe("an array of the lab", () => {
  it("bears what its level bears, and no disk more", () => {
    const bears: readonly [ArraySpec, number][] = [
      [array("single", 1), 0],
      [array("raid0", 2), 0],
      [array("raid1", 2), 1],
      [array("raid1", 3), 2],
      [array("raid5", 3), 1],
      [array("raid6", 6), 2],
    ];
    for (const [spec, most] of bears) {
      const check = (order: readonly number[]): void => {
        for (let failed = 0; failed <= spec.disks; failed++)
          expect(hasData(spec, new Set(order.slice(0, failed))), `${spec.level} without ${failed}`).to.equal(
            failed <= most,
          );
      };
      const members = Array.from({ length: spec.disks }, (_, member) => member);
      fc.assert(fc.property(fc.shuffledSubarray(members, { minLength: spec.disks }), check));
    }
  });

  it("of mirrored pairs bears half its disks, but no pair", () => {
    const spec = array("raid10", 4);
    expect(hasData(spec, new Set([0, 2]))).to.equal(true);
    expect(hasData(spec, new Set([1, 3]))).to.equal(true);
    expect(hasData(spec, new Set([2, 3]))).to.equal(false);
  });

  it("is refused with too few disks, or an odd one", () => {
    for (const [level, disks] of [
      ["single", 2],
      ["raid1", 1],
      ["raid5", 2],
      ["raid6", 3],
      ["raid10", 5],
    ] as const)
      expect(() => checkArray(array(level, disks)), level).to.throw(`${level} of ${disks} disks`);
  });

  it("tells once that its data is lost, and does not get it back with new disks", () => {
    const state = new ArrayState(array("raid5", 3));
    expect(state.fail(0)).to.equal(false);
    expect(state.fail(0)).to.equal(false);
    expect(state.replaceAll()).to.equal(false);
    expect(state.failed).to.deep.equal([]);
    expect([state.fail(1), state.fail(2), state.fail(0)]).to.deep.equal([false, true, false]);
    expect(state.isLost).to.equal(true);
    expect(state.replaceAll()).to.equal(true);
    expect(state.isLost).to.equal(false);
    expect(() => state.fail(3)).to.throw("no disk 3");
  });
});
