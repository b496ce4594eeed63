import { expect } from "chai";
import { processorTimes, untilIdle } from "../../../../lab/drill/idle.ts";

describe("a drill", () => {
  /** Looks that find this share of the time idle, one after the other; the last one from then on. */
  const looks = (...shares: readonly number[]) => {
    let [idle, all, count] = [0, 0, -1];
    return () => {
      // Two looks for each share: before and after.
      count++;
      const share = shares[Math.min(Math.floor(count / 2), shares.length - 1)]!;
      if (count % 2 === 1) {
        idle += 1000 * share;
        all += 1000;
      }
      return { idle, all };
    };
  };

  it("begins when the processors have time left", async () => {
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    expect(await untilIdle({ least: 0.05, withinMs: 60_000, say, look: looks(0.2), everyMs: 1 })).to.deep.equal([]);
    expect(said).to.deep.equal([]);
    expect(
      await untilIdle({ least: 0.05, withinMs: 60_000, say, look: looks(0.01, 0, 0.04, 0.05), everyMs: 1 }),
    ).to.deep.equal([]);
    expect(said).to.deep.equal(["waiting for an idle processor"]);
  });

  it("says so when it begins without", async () => {
    const busy = await untilIdle({ least: 0.05, withinMs: 20, say: () => undefined, look: looks(0.04), everyMs: 1 });
    expect(busy).to.deep.equal(["this machine's processors were busy before the fault"]);
  });

  it("reads the kernel's own figures", async () => {
    const before = processorTimes();
    // One processor is kept busy; the kernel counts by hundredths of a second.
    for (const end = Date.now() + 300; Date.now() < end;);
    const now = processorTimes();
    const [idle, all] = [now.idle - before.idle, now.all - before.all];
    expect(all).to.be.greaterThan(150);
    expect(idle).to.be.within(0, all - 150);
  });
});
