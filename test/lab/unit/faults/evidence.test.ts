import { expect } from "chai";
import { Former, checkRun } from "../../../../lab/drill/evidence.ts";
import type { Stores } from "../../../../lab/drill/evidence.ts";
import type { DrilledService } from "../../../../lab/drill/load.ts";
import { mergeFigures, judgeDrill } from "../../../../lab/drill/judge.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import { bodyOf } from "../../../../lab/load/plan.ts";
import type { StoredWrite } from "../../../../lab/platform/store.ts";
import { predictionOf } from "../../../../lab/result/prediction.ts";
import { outcome, request } from "./model.ts";

const BODY = 20;
const server = { name: "pg-aachen", system: "7", term: "1" };
const by = "pg-aachen/7/1";

const write = (start: number, service: DrilledService): Entry =>
  request(start, { service, more: { by, id: `${service}-${start}` } });
const rowOf = ({ id = "", start: sentAt }: Entry): StoredWrite => ({
  ...{ id, sentAt, body: bodyOf(id, BODY), pod: "p", podAddress: "10.0.0.1" },
  ...{ server, storedAt: sentAt, tries: 1 },
});
const both = (starts: readonly number[]): readonly Entry[] =>
  starts.flatMap((start) => [write(start, "core"), write(start, "alastair")]);
const uploads = [request(500, { operation: "upload", more: { id: "file-1" } })];
const file = { name: "file-1", sha256: "7c7bd9c46f30b1ba4d9d3c0a4a8ea6f6" };

const storesOf = (entries: readonly Entry[]): Stores => ({
  files: undefined,
  services: new Map(
    (["core", "alastair"] as const).map((service) => {
      const rows = entries.filter(({ group }) => group.service === service).map(rowOf);
      return [
        service,
        [
          { site: "aachen", rows },
          { site: "titan", rows },
        ],
      ] as const;
    }),
  ),
});
const settings = { authority: "aachen", bodyBytes: BODY, faultAt: 5000, prediction: predictionOf(outcome()) };

describe("what the stores hold after a run", () => {
  it("is sound where every acknowledged write is there", () => {
    const entries = both([1000, 2000, 6000]);
    const { problems, losses, unchecked } = checkRun(entries, storesOf(entries), new Former(), settings);
    expect(problems).to.deep.equal([]);
    expect(losses.map(({ of, acknowledged }) => [of, acknowledged])).to.deep.equal([
      ["core", 3],
      ["alastair", 3],
    ]);
    // Files were not read: nobody takes them for sound.
    expect(unchecked.join()).to.contain("users' files");
  });

  it("names what is lost beyond what was stated, also of a former run", () => {
    const [earlier, later] = [both([1000]), both([6000])];
    const former = new Former();
    former.add(earlier, true);
    expect(checkRun(later, storesOf([...earlier, ...later]), former, settings).problems).to.deep.equal([]);
    const problems = checkRun(later, storesOf(later), former, settings).problems.join("\n");
    expect(problems).to.contain("core-1000").and.contain("alastair-1000");
    expect(checkRun(later, storesOf(earlier), former, settings).problems.join()).to.contain("core-6000");
  });

  it("does not look again for what was allowed to be lost, nor takes it for a stranger", () => {
    const [earlier, later] = [both([1000]), both([6000])];
    const former = new Former();
    former.add(earlier, true);
    former.forget(earlier.map(({ id = "" }) => id));
    expect(checkRun(later, storesOf(later), former, settings).problems).to.deep.equal([]);
    expect(checkRun(later, storesOf([...earlier, ...later]), former, settings).problems).to.deep.equal([]);
  });

  it("tells nothing twice: what went wrong in a former run is forgotten", () => {
    const [earlier, later] = [both([1000]), both([6000])];
    const former = new Former();
    former.add(earlier, false);
    expect(checkRun(later, storesOf(later), former, settings).problems).to.deep.equal([]);
    // Nor are rows that a former run sent taken for those of nobody.
    expect(checkRun(later, storesOf([...earlier, ...later]), former, settings).problems).to.deep.equal([]);
  });

  it("states no loss where nothing was predicted, and measures none where the store was not read", () => {
    const entries = both([1000]);
    const unread: Stores = { files: [file], services: new Map() };
    const { problems, unchecked } = checkRun([...entries, ...uploads], unread, new Former(), settings);
    expect(unchecked.join("\n")).to.contain("postgres are not measured").and.contain("mongo are not measured");
    expect(problems.join()).to.contain("files of core");
    const unpredicted = { ...settings, prediction: null };
    expect(checkRun(entries, storesOf([]), new Former(), unpredicted).problems).to.have.length(2);
  });
});

describe("a drill of several runs", () => {
  const figure = { what: "writes", predicted: { kind: "bounded", seconds: 10, from: "" }, governed: false } as const;

  it("has the seconds of each run that measured a figure", () => {
    const runs = [
      [{ ...figure, resolution: 0.2, seconds: 4 }],
      [
        { ...figure, resolution: 0.4, seconds: null },
        { ...figure, what: "reads", resolution: 1, seconds: 0 },
      ],
    ];
    expect(mergeFigures(runs)).to.deep.equal([
      { ...figure, resolution: 0.4, runs: [4, null] },
      { ...figure, what: "reads", resolution: 1, runs: [0] },
    ]);
  });

  it("is not measured without a run, and says why", () => {
    const drill = judgeDrill({ id: "D4", title: "t", fault: "f" }, undefined, [], ["the system was not well"]);
    expect(drill).to.deep.include({ verdict: "not measured", prediction: null, notes: ["the system was not well"] });
  });

  it("is worse than predicted when a run had a problem, however quick it was", () => {
    const run = { at: "2026-01-01T10:00:00.000Z", stages: [], problems: ["split brain"] };
    const timeline = { from: 0, sites: [], marks: [] };
    const lostIn = (looked: number, lost: number, oldest: number) => ({
      ...{ run, figures: [{ ...figure, resolution: 0.2, seconds: 4 }], stages: [], notes: ["n"], timeline, lost: [] },
      losses: [{ of: "core", predicted: 60, looked, lost, oldest }],
    });
    const runs = [lostIn(100, 3, 2.5), lostIn(220, 1, 4.5)];
    const { verdict, losses } = judgeDrill({ id: "D4", title: "t", fault: "f" }, outcome(), runs, []);
    expect(verdict).to.equal("worse than predicted");
    // The second run looks for what the first one wrote too.
    expect(losses).to.deep.equal([{ of: "core", predicted: 60, looked: 220, lost: 4, oldest: 4.5 }]);
  });
});
