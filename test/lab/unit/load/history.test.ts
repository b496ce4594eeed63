import { expect } from "chai";
import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { carried, lateness } from "../../../../lab/load/carried.ts";
import { entryLine, footerLine, headerLine, HistoryReader, readHistory } from "../../../../lab/load/history.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import { bodyOf, readWorkerPlan } from "../../../../lab/load/plan.ts";
import type { Group } from "../../../../lab/load/plan.ts";

const group: Group = { site: "aachen", kind: "browser", service: "core", operation: "write", perSecond: 5, clients: 2 };
const footer = { end: 9000, due: 2 };

describe("the history of a load", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-history-"));
  const file = join(folder, "a.ndjson");
  const write = (...lines: readonly string[]): void => writeFileSync(file, lines.join("\n"));
  const head = headerLine("w", 20, [group, { ...group, operation: "read" }]);
  const failure = async (): Promise<string> => {
    try {
      await readHistory(file);
      return "read";
    } catch (error) {
      return (error as Error).message;
    }
  };
  after(() => rmSync(folder, { recursive: true }));

  it("is read as it was written", async () => {
    const tenth = fc.integer({ min: 0, max: 20_000 }).map((value) => value / 10);
    const maybe = <T, K extends string>(key: K, value: fc.Arbitrary<T>) =>
      fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [key]: given }));
    const entry = fc
      .tuple(
        tenth,
        fc.integer({ min: 0, max: 90 }),
        fc.constantFrom(0, 201, 503),
        maybe("id", fc.constantFrom("w-1", "w-2")),
        maybe("by", fc.string()),
        maybe("newest", fc.constantFrom(null, { id: "w-1", sentAt: 3.5 })),
        maybe("error", fc.string({ minLength: 1 })),
        maybe("address", fc.constant("192.0.2.10")),
        fc.integer({ min: 1, max: 50 }),
      )
      .map(([start, span, status, id, by, newest, error, address, lag]) => {
        const rest = Object.assign({}, id, by, newest, error, address) as Partial<Entry>;
        return { client: 1, start, end: start + span, lag, status, ...rest };
      });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (entries) => {
        write(head, ...entries.map((one) => entryLine(0, one)), footerLine(footer));
        const read = await readHistory(file);
        expect(read.entries).to.deep.equal(entries.map((one) => ({ group, ...one })));
        expect(read.footer).to.deep.equal(footer);
      }),
      { numRuns: 60 },
    );
  });

  it("is read on where the last reading ended, in the midst of a line too", async () => {
    const line = (client: number) => entryLine(0, { client, start: 1, end: 2, lag: 0, status: 200, error: "é" });
    const text = [head, line(0), line(1), line(2), footerLine(footer), ""].join("\n");
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: head.length, max: bytes.length }), { maxLength: 5 }),
        async (cuts) => {
          const reader = new HistoryReader(file);
          let seen = 0;
          for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
            writeFileSync(file, bytes.subarray(0, cut));
            const { entries } = await reader.read();
            expect(entries.length).to.be.at.least(seen);
            seen = entries.length;
          }
          expect(await reader.read()).to.deep.equal(await readHistory(file));
          expect(seen).to.equal(3);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("of a killed worker has no end, and lacks its torn last line", async () => {
    const line = entryLine(1, { client: 0, start: 1, end: 2, lag: 0, status: 200 });
    write(head, line, line.slice(0, 9));
    const read = await readHistory(file);
    expect(read.footer).to.equal(undefined);
    expect(read.entries).to.have.length(1);
    expect(read.entries[0]?.group.operation).to.equal("read");
  });

  it("is refused, with the line, where something else stands in it", async () => {
    write(head, "torn", entryLine(0, { client: 0, start: 1, end: 2, lag: 0, status: 200 }));
    expect(await failure()).to.match(/line 2/);
    write(head, entryLine(7, { client: 0, start: 1, end: 2, lag: 0, status: 200 }));
    expect(await failure()).to.match(/line 2: no entry/);
    write("");
    expect(await failure()).to.match(/no/);
  });

  it("tells when the clients themselves were late, and how late at worst", () => {
    expect(lateness([{ lag: 0 }, { lag: 100 }])).to.deep.equal([]);
    const [only, ...more] = lateness([{ lag: 101 }, { lag: 2340 }, { lag: 3 }]);
    expect(only).to.include("2 of 3 requests left up to 2.3 s after they were due");
    expect(more).to.deep.equal([]);
  });

  it("tells what the machine carried in a window", () => {
    const at = (start: number, more: Partial<Entry> = {}): Entry => ({
      group,
      client: 0,
      start,
      end: start + 5,
      lag: 0,
      status: 201,
      ...more,
    });
    const entries = [
      at(0),
      at(1000),
      at(1500, { lag: 101 }),
      at(1999, { status: 0, error: "not-sent" }),
      at(2500, { status: 503 }),
      at(3000),
    ];
    const histories = [{ worker: "w", bodyBytes: 0, groups: [group], entries }];
    expect(carried(histories, { from: 1000, to: 3000 })).to.deep.equal({
      seconds: 2,
      attempted: 2,
      inTime: 1,
      answered: 1.5,
      succeeded: 1,
    });
    expect(() => carried(histories, { from: 5, to: 5 })).to.throw(/window/);
  });
});

describe("the plan of a load", () => {
  const plan = { name: "w", groups: [group], host: "my.appserver.test", ca: "/ca.crt", history: "/h" };

  it("has defaults, and refuses what no worker can do", () => {
    expect(readWorkerPlan(plan)).to.include({ port: 443, bodyBytes: 200 });
    for (const bad of [{ groups: [] }, { name: "a b" }, { groups: [{ ...group, perSecond: 0 }] }, { rate: 5 }]) {
      expect(() => readWorkerPlan({ ...plan, ...bad }), JSON.stringify(bad)).to.throw();
    }
  });

  it("makes a body from an id alone", () => {
    expect(bodyOf("ab", 7)).to.equal("ab ab a");
    expect(bodyOf("ab", 0)).to.equal("");
  });
});
