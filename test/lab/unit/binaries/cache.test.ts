import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ensureEntry, keepLastUsed } from "../../../../lab/binaries/cache.ts";

describe("the cache", () => {
  const before = process.env["HOLDFAST_CACHE"];
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cache-"));
  const make = (entry: string): Promise<string> =>
    ensureEntry(entry, async (draft) => writeFileSync(join(draft, "file"), entry));

  beforeEach(() => void (process.env["HOLDFAST_CACHE"] = folder));
  afterEach(() => {
    if (before === undefined) delete process.env["HOLDFAST_CACHE"];
    else process.env["HOLDFAST_CACHE"] = before;
  });
  after(() => rmSync(folder, { recursive: true }));

  it("makes an entry once, and leaves nothing of one that failed", async () => {
    await make("once");
    await ensureEntry("once", () => Promise.reject(new Error("made again")));
    const failure = await ensureEntry("never", () => Promise.reject(new Error("cannot"))).catch(String);
    expect(failure).to.equal("Error: cannot");
    expect(existsSync(join(folder, "never"))).to.equal(false);
  });

  it("keeps the entries that were used last, and those of other names", async () => {
    const places = [await make("big-1"), await make("big-2"), await make("big-3"), await make("other")];
    places.forEach((place, index) => utimesSync(place, index + 1, index + 1));
    await make("big-1");
    keepLastUsed("big-", 2);
    expect(places.map((place) => existsSync(place))).to.deep.equal([true, false, true, true]);
  });
});
