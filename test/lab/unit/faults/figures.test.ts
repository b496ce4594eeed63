import { expect } from "chai";
import { measure } from "../../../../lab/drill/figures.ts";
import { drill, load, observed, outcome, request, site, stage } from "./model.ts";

const failing = { status: 503, error: undefined };

describe("what a drill measures", () => {
  it("measures from the first bad answer to the next good one, at the site that was asked", () => {
    const entries = load(0, 60, (entry, { to, operation, service }) => {
      const hit = to === "aachen" && operation === "write" && service === "core";
      return hit && entry.start >= 10_000 && entry.start < 17_400 ? { ...entry, status: 503 } : entry;
    });
    const { figures, problems } = measure(drill(), outcome(), observed(entries, { healedAt: 60_000 }));
    expect(problems).to.deep.equal([]);
    expect(figures.map(({ what, seconds }) => [what.split(",")[0], seconds])).to.deep.equal([
      ["reads sent to aachen", 0],
      ["writes sent to aachen", 7.4],
      ["reads sent to titan", 0],
      ["writes sent to titan", 0],
    ]);
    expect(figures[1]?.predicted).to.deep.include({ kind: "bounded", seconds: 16 });
    expect(figures[0]?.predicted).to.deep.include({ kind: "bounded", seconds: 0 });
  });

  it("takes no pause without a request for an outage, and a late answer for one", () => {
    const pause = (late: number) =>
      load(0, 60, (entry) => {
        if (entry.start >= 20_000 && entry.start < 22_000) return undefined;
        return entry.start === 22_000 ? { ...entry, end: entry.start + late } : entry;
      }).filter(({ start }) => start <= 22_000 || start >= 22_000 + late);
    const seconds = (late: number) =>
      measure(drill(), outcome(), observed(pause(late), { healedAt: 60_000 })).figures[0]?.seconds;
    expect(seconds(10)).to.equal(0);
    expect(seconds(3000)).to.equal(3);
  });

  it("takes nothing that was over before the fault for a part of it", () => {
    const before = (from: number, to: number) =>
      load(0, 60, (entry) => (entry.start >= from && entry.start < to ? { ...entry, end: to } : entry));
    const seconds = (from: number, to: number) =>
      measure(drill(), outcome(), observed(before(from, to), { healedAt: 60_000 })).figures[0]?.seconds;
    expect(seconds(5000, 9000)).to.equal(0);
    expect(seconds(8000, 13_000), "from the fault on").to.equal(3);
  });

  it("tells those whom the fault hits from those whom it spares", () => {
    const unserved = { reads: [], writes: ["core"] };
    const half = outcome({
      sites: [
        site("aachen", { reads: "full", writes: "partial", unserved, seconds: 16 }),
        site("titan", { reads: "full", writes: "full", seconds: 0 }),
      ],
    });
    const entries = load(0, 60, (entry, { to, service, operation }) =>
      to === "aachen" && service === "core" && operation === "write" && entry.start >= 10_000 && entry.start < 14_000
        ? { ...entry, ...failing }
        : entry,
    );
    const found = measure(drill(), half, observed(entries, { healedAt: 60_000 })).figures.slice(0, 3);
    expect(found.map(({ what, predicted, seconds }) => [what.split(",")[0], predicted, seconds])).to.deep.equal([
      ["reads sent to aachen", { kind: "bounded", seconds: 0, from: "nobody notices" }, 0],
      ["writes sent to aachen for core", { kind: "bounded", seconds: 16, from: "nobody notices" }, found[1]?.seconds],
      ["writes sent to aachen for alastair", { kind: "bounded", seconds: 0, from: "nobody notices" }, 0],
    ]);
    expect(found[1]?.seconds).to.be.within(4, 4.5);
  });

  it("says that nothing came back, and what failed after the predicted time", () => {
    const entries = load(0, 60, (entry, { to }) =>
      to === "aachen" && entry.start >= 10_000 ? { ...entry, ...failing } : entry,
    );
    const { figures, problems } = measure(drill(), outcome(), observed(entries, { healedAt: 60_000 }));
    expect(figures[1]?.seconds).to.equal(null);
    expect(problems).to.have.length(2);
    expect(problems[1]).to.contain("clients of aachen: writes predicted full");
  });

  it("leaves out what passes the line from one site's clients to the other", () => {
    const crossing = Array.from({ length: 100 }, (_, index) =>
      request(10_000 + index * 100, { from: "titan", to: "aachen", more: { status: 0, error: "connect-timeout" } }),
    );
    const { figures } = measure(drill(), outcome(), observed([...load(0, 60), ...crossing], { healedAt: 60_000 }));
    expect(figures.map(({ seconds }) => seconds)).to.deep.equal([0, 0, 0, 0]);
  });

  it("holds no level that says too little against anything, and tells what was seen", () => {
    const partial = outcome({
      sites: [
        site("aachen", { reads: "full", writes: "full", seconds: 0 }),
        site(
          "titan",
          { reads: "partial", writes: "read-only", seconds: 0 },
          { reads: "partial", writes: "read-only" },
          { reads: ["core", "core-media"], writes: ["alastair", "core"] },
        ),
      ],
    });
    const refused = load(0, 60, (entry, { to, operation }) =>
      to === "titan" && operation === "write" && entry.start >= 10_000 ? { ...entry, ...failing } : entry,
    );
    const kept = measure(drill({ hold: 30 }), partial, observed(refused));
    expect(kept.figures.map(({ what }) => what.split(",")[0])).to.deep.equal([
      "reads sent to aachen",
      "writes sent to aachen",
      "reads sent to titan for alastair",
    ]);
    expect(kept.problems).to.deep.equal([]);
    expect(kept.notes.join("\n")).to.contain("reads sent to titan, predicted partial").and.contain("status 503");
    const alsoFailing = load(0, 60, (entry, { to, operation, service }) =>
      to === "titan" && (operation === "write" || service === "alastair") && entry.start >= 10_000
        ? { ...entry, ...failing }
        : entry,
    );
    const { problems } = measure(drill({ hold: 30 }), partial, observed(alsoFailing));
    expect(problems.join("\n")).to.contain("clients of titan: reads predicted partial");
    const taken = measure(drill({ hold: 30 }), partial, observed(load(0, 60)));
    expect(taken.problems).to.have.length(1);
    expect(taken.problems[0]).to.contain("writes predicted read-only");
  });

  it("follows the clients of a dead site to the last one that is sent there, and tells kinds apart", () => {
    const dead = outcome({
      fault: "site:aachen",
      sites: [site("aachen", { reads: "down", writes: "down", seconds: 8.8 })],
      dns: {
        ...outcome().dns,
        stages: [
          stage("dns check", 3, "setting"),
          stage("dns cache", 5, "setting"),
          stage("dns retry", 0.8, "constant"),
        ],
      },
    });
    const lost = { status: 0, error: "connect-timeout" };
    const of = (kind: "browser" | "resolver" | "pinned", until: number) =>
      Array.from({ length: 300 }, (_, index) => {
        const start = index * 200;
        const asksAachen = start < until;
        const to = asksAachen ? "aachen" : "titan";
        const more = asksAachen && start >= 10_000 && start < 40_000 ? lost : {};
        return request(start, { kind, operation: "read", to, more });
      });
    const entries = [...of("browser", 10_000), ...of("resolver", 16_600), ...of("pinned", 60_000)];
    const whole = measure(drill({ dead: "aachen", hold: 30 }), dead, observed(entries));
    expect(whole.figures).to.have.length(1);
    expect(whole.notes).to.deep.equal([
      "33 requests that were under way at aachen or sent there waited up to 0 s for it",
    ]);
    const hung = request(9000, { operation: "read", to: "aachen", more: { ...lost, end: 22_900 } });
    expect(measure(drill({ dead: "aachen", hold: 30 }), dead, observed([...entries, hung])).notes[0]).to.contain(
      "12.9 s",
    );
    expect(whole.figures[0]).to.deep.include({ seconds: 6.4, governed: true });
    const kinds = measure(drill({ dead: "aachen", hold: 30, kinds: true }), dead, observed(entries));
    expect(kinds.figures.map(({ seconds, predicted }) => [predicted.kind, seconds])).to.deep.equal([
      ["bounded", 0],
      ["bounded", 6.4],
      ["by hand", null],
    ]);
  });

  it("waits for the copy that fell behind", () => {
    const stages = ["tunnel again", "replication again"].map((name) => ({
      name,
      seconds: 10,
      from: name,
      urns: [],
      governedBy: "constant" as const,
    }));
    const cut = outcome({ recovery: { mode: "automatic", seconds: 0, stages, commands: [] } });
    const entries = load(0, 60, (entry, { to, operation }) =>
      to === "titan" && operation === "read" && entry.start >= 10_000 && entry.start < 46_000
        ? { ...entry, newest: { id: "w", sentAt: 10_000 } }
        : entry,
    );
    const { figures } = measure(drill({ hold: 30, behind: "titan" }), cut, observed(entries));
    expect(figures.at(-1)).to.deep.include({ seconds: 5.8, resolution: 2 });
    expect(figures.at(-1)?.predicted).to.deep.equal({
      kind: "bounded",
      seconds: 20,
      from: "tunnel again; replication again",
    });
  });
});
