import { expect } from "chai";
import { untilIdle } from "../../../../lab/drill/idle.ts";

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
    expect(await untilIdle({ withinMs: 60_000, say, look: looks(0.2), everyMs: 1 })).to.deep.equal([]);
    expect(said).to.deep.equal([]);
    expect(await untilIdle({ withinMs: 60_000, say, look: looks(0.01, 0, 0.04, 0.05), everyMs: 1 })).to.deep.equal([]);
    expect(said).to.deep.equal(["waiting for an idle processor"]);
  });

  it("says so when it begins without", async () => {
    const busy = await untilIdle({ withinMs: 20, say: () => undefined, look: looks(0.04), everyMs: 1 });
    expect(busy).to.deep.equal(["no processor of this machine was idle before the fault"]);
  });

  it("reads the kernel's own figures", async () => {
    expect(await untilIdle({ withinMs: 0, say: () => undefined, everyMs: 300 })).to.have.length.at.most(1);
  });
});
