import { expect } from "chai";
import fc from "fast-check";
import { Schedule } from "../../../../lab/load/schedule.ts";

describe("when requests are due", () => {
  it("keeps the rate however often it is asked, in order, with no gap above two slots", () => {
    const looks = fc.array(fc.double({ min: 0.1, max: 400, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 2000, noNaN: true }),
        looks,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (rate, steps, stream) => {
          const random = (): number => stream.next().value as number;
          const schedule = new Schedule(rate, 1000, random);
          const slot = 1000 / rate;
          let now = 1000;
          const moments: number[] = [];
          for (const step of steps) {
            now += step;
            const due = schedule.due(now);
            expect(due.every((moment) => moment <= now)).to.equal(true);
            moments.push(...due);
          }
          // One in each whole slot that has passed; the present slot's may have come or not.
          const slots = Math.floor((now - 1000) / slot + 1e-9);
          expect(moments.length).to.be.within(slots - 1, slots + 1);
          for (const [index, moment] of moments.entries()) {
            expect(moment).to.be.at.least(1000 + index * slot - 1e-6);
            expect(moment).to.be.at.most(1000 + (index + 1) * slot + 1e-6);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
