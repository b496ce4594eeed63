import { expect } from "chai";
import fc from "fast-check";
import { gaps } from "../../../../lab/check/gaps.ts";
import { readStore } from "../../../../lab/check/read-store.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import { FIRST, reads, row, writes } from "./model.ts";

const at = (start: number, status = 201, more: Partial<Entry> = {}): Entry => ({
  group: writes,
  client: 0,
  start,
  end: start + 10,
  lag: 0,
  status,
  ...more,
});
const window = { from: 0, to: 10_000 };

describe("gaps in what clients get", () => {
  it("is the longest span without a success, and who failed how", () => {
    const entries = [
      at(0),
      at(990),
      at(2000, 503),
      at(3000, 0, { error: "ECONNREFUSED", client: 2 }),
      at(4000, 503),
      at(6990),
      ...[7000, 8000, 9000, 9980].map((start) => at(start)),
    ];
    expect(gaps(entries, window)).to.deep.equal([
      {
        group: { site: "aachen", kind: "browser", service: "core", operation: "write" },
        requests: 10,
        failed: 3,
        mostOfOneClient: 2,
        longest: 6,
        from: 1000,
        recovered: true,
        firstError: 2000,
        lastError: 4000,
        errors: [
          ["status 503", 2],
          ["ECONNREFUSED", 1],
        ],
        resolution: 0.2,
      },
    ]);
  });

  it("has no end where nothing came back, and a beginning where nothing ever came", () => {
    const [dead] = gaps([at(0), at(990), at(2000, 503)], window);
    expect(dead).to.include({ longest: 9, from: 1000, recovered: false });
    const [never] = gaps([at(500, 503)], window);
    expect(never).to.include({ longest: 10, from: 0, recovered: false, failed: 1 });
  });

  it("is told for each group, without what the load could not send or what lies outside", () => {
    const entries = [
      at(100),
      at(200, 0, { error: "not-sent" }),
      at(100, 200, { group: reads }),
      at(-500, 503),
      at(20_000, 503),
    ];
    expect(gaps(entries, window).map(({ group, requests, failed }) => [group.site, requests, failed])).to.deep.equal([
      ["aachen", 1, 0],
      ["titan", 1, 0],
    ]);
  });

  it("is found wherever it lies, and as long as it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 5, max: 19 }), (first, length) => {
        const entries = Array.from({ length: 100 }, (_, index) =>
          at(index * 100, index >= first && index < first + length ? 503 : 201),
        );
        const [gap] = gaps(entries, { from: 0, to: 10_000 });
        expect(gap?.longest).to.be.closeTo((length + 1) / 10, 0.11);
        expect(gap?.failed).to.equal(length);
        expect(gap?.from).to.be.closeTo(Math.max(0, (first - 1) * 100 + 10), 1);
      }),
    );
  });
});

describe("reading a store", () => {
  it("goes on until a page is not full", async () => {
    const rows = ["a", "b", "c", "d"].map((id, index) => row(id, index, FIRST));
    const asked: string[] = [];
    const get = (path: string): Promise<string> => {
      asked.push(path);
      const after = new URLSearchParams(path.split("?")[1]).get("after") ?? "";
      return Promise.resolve(JSON.stringify(rows.filter(({ id }) => id > after).slice(0, 2)));
    };
    expect(await readStore(get, 2)).to.deep.equal(rows);
    expect(asked).to.have.length(3);
  });

  it("refuses what is no store's answer", async () => {
    const error = await readStore(() => Promise.resolve('{"error":"down"}')).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(Error);
  });
});
