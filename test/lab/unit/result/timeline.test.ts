import { expect } from "chai";
import fc from "fast-check";
import { tickSeconds, timelineFigure, timelinePicture } from "../../../../lab/result/timeline-svg.ts";
import { timelineOf } from "../../../../lab/result/timeline.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import { timeline } from "./example.ts";

const entry = (site: string, end: number, status = 200, more: Partial<Entry> = {}): Entry => ({
  group: { site, kind: "browser", service: "core", operation: "read", perSecond: 1, clients: 1 },
  client: 0,
  start: end - 10,
  end,
  lag: 0,
  status,
  ...more,
});

describe("the timeline of a drill", () => {
  it("counts each site's requests by the second in which they ended", () => {
    const entries = [
      entry("titan", 9500),
      entry("aachen", 8000),
      entry("aachen", 8999, 503),
      entry("aachen", 10_000),
      entry("aachen", 7999),
      entry("aachen", 10_100, 0, { error: "not-sent" }),
    ];
    expect(
      timelineOf(entries, { faultAt: 9000, from: 8000, to: 10_500, marks: [{ at: 9140, text: "noticed" }] }),
    ).to.deep.equal({
      from: -1,
      sites: [
        { site: "aachen", answered: [1, 0, 1], failed: [1, 0, 0] },
        { site: "titan", answered: [0, 1, 0], failed: [0, 0, 0] },
      ],
      marks: [{ second: 0.1, text: "noticed" }],
    });
  });

  it("is drawn wide and narrow, with a panel for each site and a line for each mark", () => {
    const { text } = timelineFigure(timeline, `<b>"D4"`);
    expect(text.match(/<svg class="beside" viewBox="0 0 820 /g)).to.have.length(1);
    expect(text.match(/<svg class="stacked" viewBox="0 0 380 /g)).to.have.length(1);
    for (const words of [">aachen<", ">titan<", ">postgres killed<", ">writes back<", ">41<"])
      expect(text.split(words), words).to.have.length(3);
    expect(text).to.not.contain("<b>");
  });

  it("stays inside its frame, whatever was counted", () => {
    const counts = fc.array(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(counts, fc.integer({ min: -60, max: 0 }), (answered, from) => {
        const sites = [{ site: "aachen", answered, failed: answered.map((count) => count % 7) }];
        const text = timelinePicture(
          { from, sites, marks: [{ second: from + answered.length, text: "the very end" }] },
          "D",
        );
        const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(text) ?? []).map(Number);
        for (const [, x, y] of text.matchAll(/[ML] (-?[\d.]+) (-?[\d.]+)/g)) {
          expect(Number(x)).to.be.within(0, width);
          expect(Number(y)).to.be.within(0, height);
        }
        expect(text).to.not.match(/NaN|undefined|Infinity/);
      }),
      { numRuns: 60 },
    );
  });

  it("is a file of its own too, light or dark", () => {
    const text = timelinePicture(timeline, "D4");
    expect(text).to.match(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*><style>[^<]*prefers-color-scheme: dark/,
    );
  });

  it("has round seconds below it, the fault's among them, and not too many", () => {
    expect(tickSeconds(-2, 5, 10)).to.deep.equal([-2, -1, 0, 1, 2, 3]);
    expect(tickSeconds(-30, 150, 10)).to.deep.equal([-20, 0, 20, 40, 60, 80, 100, 120]);
    expect(tickSeconds(-30, 150, 4)).to.deep.equal([0, 60, 120]);
  });
});
