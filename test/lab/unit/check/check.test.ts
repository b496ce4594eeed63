import { expect } from "chai";
import fc from "fast-check";
import { check } from "../../../../lab/check/check.ts";
import type { Evidence } from "../../../../lab/check/evidence.ts";
import { losses } from "../../../../lab/check/lost.ts";
import { splitBrain } from "../../../../lab/check/split-brain.ts";
import { staleness } from "../../../../lab/check/stale.ts";
import { succeeded } from "../../../../lab/load/history.ts";
import { BODY, FIRST, LAG_MILLISECONDS, SECOND, readOf, row, soundEvidence, textOf, writeOf } from "./model.ts";

const stated = { rpo: 0, age: new Map([["pg-titan", LAG_MILLISECONDS / 1000]]) };
const base: Evidence = {
  service: "core",
  entries: [],
  stores: [],
  authority: "aachen",
  bodyBytes: BODY,
  faultAt: 5000,
};
const acknowledged = ({ entries }: Evidence) => entries.filter((entry) => entry.id !== undefined && succeeded(entry));
const pick = fc.nat({ max: 1_000_000 });
/** The same evidence, with the rows of every site changed. */
const withRows = (
  evidence: Evidence,
  change: (rows: Evidence["stores"][number]["rows"]) => Evidence["stores"][number]["rows"],
): Evidence => ({
  ...evidence,
  stores: evidence.stores.map(({ site, rows }) => ({ site, rows: change(rows) })),
});

describe("the checker of histories", () => {
  it("finds nothing wrong with a system that is sound", () => {
    fc.assert(
      fc.property(soundEvidence, (evidence) => {
        fc.pre(acknowledged(evidence).length > 0);
        expect(check(evidence, stated).problems).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it("finds each acknowledged write that was lost, and no other", () => {
    fc.assert(
      fc.property(soundEvidence, pick, (evidence, which) => {
        const all = acknowledged(evidence);
        fc.pre(all.length > 0);
        const { id = "" } = all[which % all.length]!;
        const found = losses(withRows(evidence, (rows) => rows.filter((one) => one.id !== id)));
        expect(found.lost.map((one) => one.id)).to.deep.equal([id]);
        const problems = check(
          withRows(evidence, (rows) => rows.filter((one) => one.id !== id)),
          stated,
        ).problems;
        expect(problems.join()).to.match(/lost/);
      }),
    );
  });

  it("finds a server that still takes writes after another one began to", () => {
    fc.assert(
      fc.property(soundEvidence, pick, fc.boolean(), (evidence, which, answered) => {
        const of = (server: string): readonly number[] =>
          acknowledged(evidence)
            .filter(({ by }) => by === server)
            .map(({ end }) => end);
        const [first, second] = [of(textOf(FIRST)), of(textOf(SECOND))];
        fc.pre(first.length > 0 && second.length > 0);
        const start = Math.max(...first, Math.min(...second)) + 1 + (which % 500);
        const entry = writeOf("late", start, start + 10, answered ? FIRST : undefined);
        // The second server still takes some afterwards, or it would be a mere handover back.
        const closing = writeOf("closing", start + 20, start + 30, SECOND);
        const split = withRows({ ...evidence, entries: [...evidence.entries, entry, closing] }, (rows) => [
          ...rows,
          row("late", start, FIRST),
          row("closing", start + 20, SECOND),
        ]);
        const [overlap] = splitBrain(split).overlaps;
        expect([...(overlap?.servers ?? [])].sort()).to.deep.equal([textOf(FIRST), textOf(SECOND)]);
      }),
    );
  });

  it("finds a read that misses what was acknowledged longer before it than stated", () => {
    fc.assert(
      fc.property(soundEvidence, pick, fc.integer({ min: 1, max: 5000 }), (evidence, which, beyond) => {
        const all = acknowledged(evidence);
        fc.pre(all.length > 0);
        const missed = all[which % all.length]!;
        const start = missed.end + LAG_MILLISECONDS + beyond;
        const read = readOf(start, { id: "before", sentAt: missed.start - 0.5 });
        const found = staleness({ ...evidence, entries: [...evidence.entries, read] });
        const worst = found.find(({ server }) => server === "pg-titan")?.worst ?? 0;
        expect(worst).to.be.at.least((LAG_MILLISECONDS + beyond) / 1000 - 1e-9);
        expect(check({ ...evidence, entries: [...evidence.entries, read] }, stated).problems.join()).to.match(
          /up to .* s old/,
        );
      }),
    );
  });
});

describe("lost writes", () => {
  const rows = [row("a", 1000, FIRST), row("c", 3000, FIRST)];
  const entries = [writeOf("a", 1000, 1100, FIRST), writeOf("b", 4000, 4200, FIRST), writeOf("c", 3000, 3100)];
  const evidence = { ...base, entries, stores: [{ site: "aachen", rows }] };

  it("are held against the promised RPO by their age at the fault", () => {
    const found = losses(evidence);
    expect(found).to.deep.include({
      acknowledged: 2,
      lost: [{ id: "b", age: 0.8 }],
      worstAge: 0.8,
      afterFault: 0,
      unacknowledged: 1,
    });
    expect(check(evidence, { ...stated, rpo: 0.8 }).problems).to.deep.equal([]);
    expect(check(evidence, { ...stated, rpo: 0.7 }).problems.join()).to.match(
      /1 acknowledged writes up to 0.8 s before/,
    );
  });

  it("are covered by no RPO where they were acknowledged after the fault", () => {
    const problems = check({ ...evidence, faultAt: 4100 }, { ...stated, rpo: 3600 }).problems;
    expect(problems).to.deep.equal(["core: 1 writes acknowledged after the fault are lost: b"]);
  });

  it("of the very moment of the fault are too many where none may be lost", () => {
    const then = { ...evidence, faultAt: 4200 };
    expect(check(then, stated).problems).to.have.length(1);
    expect(check(then, { ...stated, rpo: 1 }).problems).to.deep.equal([]);
  });

  it("are not confused with damaged and strange ones", () => {
    const bad = [{ ...rows[0]!, body: "x" }, rows[1]!, row("b", 4000, FIRST), row("z", 1, FIRST)];
    const found = losses({ ...evidence, stores: [{ site: "aachen", rows: bad }] });
    expect(found).to.deep.include({ lost: [], damaged: ["a"], strange: ["z"] });
  });

  it("are not found where nothing was checked: that is said", () => {
    expect(check({ ...evidence, entries: [] }, stated).problems.join()).to.match(/nothing was checked/);
    expect(() => check({ ...evidence, authority: "titan" }, stated)).to.throw(/was not read/);
  });
});

describe("two sides that take writes", () => {
  const stores = (aachen: readonly ReturnType<typeof row>[], titan: readonly ReturnType<typeof row>[]) => [
    { site: "aachen", rows: aachen },
    { site: "titan", rows: titan },
  ];

  it("are none where one takes over from the other, also there and back in new terms", () => {
    const third = { ...FIRST, term: "3" };
    const entries = [
      writeOf("a", 0, 10, FIRST),
      writeOf("b", 5, 30, FIRST),
      writeOf("c", 20, 40, SECOND),
      writeOf("d", 50, 60, third),
    ];
    expect(splitBrain({ ...base, entries, stores: stores([], []) }).overlaps).to.deep.equal([]);
  });

  it("are told with the time for which both did", () => {
    const entries = [
      writeOf("a", 0, 10, FIRST),
      writeOf("b", 20, 30, SECOND),
      writeOf("c", 40, 50, FIRST),
      writeOf("d", 60, 70, SECOND),
    ];
    expect(splitBrain({ ...base, entries, stores: stores([], []) }).overlaps).to.deep.equal([
      { servers: [textOf(FIRST), textOf(SECOND)], from: 30, to: 40 },
    ]);
  });

  it("show in their contents, when one has more than the other or names another server", () => {
    const [a, b] = [row("a", 1, FIRST), row("b", 2, FIRST)];
    const found = splitBrain({ ...base, stores: stores([a, b], [{ ...b, server: SECOND }, row("z", 3, SECOND)]) });
    expect(found).to.deep.equal({ overlaps: [], more: [{ site: "titan", ids: ["z"] }], contradictions: ["b"] });
    expect(splitBrain({ ...base, stores: stores([a, b], [a]) })).to.deep.equal({
      overlaps: [],
      more: [],
      contradictions: [],
    });
  });
});

describe("the age of answers", () => {
  const entries = [writeOf("a", 1000, 1100, FIRST), writeOf("b", 2000, 2100, FIRST)];
  const evidence = (...found: readonly ReturnType<typeof readOf>[]): Evidence => ({
    ...base,
    entries: [...entries, ...found],
    stores: [{ site: "aachen", rows: [row("a", 1000, FIRST), row("b", 2000, FIRST)] }],
  });

  it("counts from the acknowledgement of the oldest unseen write", () => {
    const [titan] = staleness(
      evidence(readOf(3000, { id: "a", sentAt: 1000 }), readOf(3500, null), readOf(2100, { id: "b", sentAt: 2000 })),
    );
    expect(titan).to.deep.equal({ server: "pg-titan", reads: 3, stale: 2, worst: 2.4, at: 3500 });
  });

  it("is 0 while a write is under way, and told for each server", () => {
    const found = staleness(
      evidence(readOf(2050, { id: "a", sentAt: 1000 }), readOf(9000, { id: "a", sentAt: 1000 }, "pg-aachen")),
    );
    expect(found.map(({ server, worst }) => [server, worst])).to.deep.equal([
      ["pg-aachen", 6.9],
      ["pg-titan", 0],
    ]);
  });

  it("counts until a read was really sent, and not for writes that were lost", () => {
    const late = { ...readOf(3000, { id: "a", sentAt: 1000 }), lag: 500 };
    const seen = evidence(late);
    expect(staleness(seen)[0]?.worst).to.equal(1.4);
    expect(staleness({ ...seen, stores: [{ site: "aachen", rows: [row("a", 1000, FIRST)] }] })[0]?.stale).to.equal(0);
  });
});
