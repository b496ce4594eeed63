import { expect } from "chai";
import { unsteady } from "../../../../lab/drill/steady.ts";
import { promotionMarks, stagesOf } from "../../../../lab/drill/marks.ts";
import { addresses, load } from "./model.ts";

const expected = { addresses, sites: ["aachen", "titan"], unserved: new Map() };
const at = (entries: ReturnType<typeof load>) => unsteady(entries, 20_000, expected);

describe("whether all is well", () => {
  it("is where each service answers at each site, with what is current", () => {
    expect(at(load(0, 20))).to.deep.equal([]);
    // What was wrong before counts no more.
    expect(at(load(0, 20, (entry) => (entry.start < 14_900 ? { ...entry, status: 503 } : entry)))).to.deep.equal([]);
  });

  it("is not where something is missing, fails, or is old, and says what", () => {
    expect(at([])).to.have.length(8);
    const silent = load(0, 20, (entry, { to, service, operation }) =>
      to === "titan" && service === "core" && operation === "write" ? undefined : entry,
    );
    expect(at(silent)).to.deep.equal(["no write of core was answered at titan"]);
    const one = load(0, 20, (entry, { to, service, operation }) =>
      entry.start === 18_000 && to === "titan" && service === "core" && operation === "read"
        ? { ...entry, status: 502 }
        : entry,
    );
    expect(at(one)).to.have.length(1);
    expect(at(one)[0]).to.contain("status 502").and.contain("198.51.100.20");
    const hidden = load(0, 20, (entry, { to, service, operation }) =>
      to === "titan" && service === "core" && operation === "read" ? { ...entry, by: "pg-aachen" } : entry,
    );
    expect(at(hidden)).to.deep.equal(["25 reads of core at titan were answered by pg-aachen"]);
    const old = load(0, 20, (entry, { operation }) =>
      operation === "read" ? { ...entry, newest: { id: "w", sentAt: 3000 } } : entry,
    );
    expect(at(old).join()).to.contain("s old");
    const unserved = new Map([["titan", { reads: [], writes: ["core"] }]]);
    expect(unsteady(silent, 20_000, { ...expected, unserved })).to.deep.equal([]);
    const refused = load(0, 20, (entry, { to, operation, service }) =>
      to === "titan" && operation === "write" && service === "core" ? { ...entry, status: 500 } : entry,
    );
    expect(at(refused)).to.have.length(2);
    expect(unsteady(refused, 20_000, { ...expected, unserved })).to.deep.equal([]);
    expect(unsteady(one, 20_000, { ...expected, unserved })).to.have.length(1);
    const empty = load(0, 20, (entry, { operation }) => (operation === "read" ? { ...entry, newest: null } : entry));
    expect(at(empty)).to.have.length(1);
  });
});

describe("the stages of a recovery", () => {
  const faultAt = Date.parse("2026-01-01T10:00:00.500Z");

  it("tell a promotion only where there was one", () => {
    const status = {
      targetPrimaryTimestamp: "2026-01-01T10:00:02.000000Z",
      currentPrimaryTimestamp: "2026-01-01T10:00:05.500000Z",
    };
    expect(stagesOf(promotionMarks(status, faultAt), faultAt)).to.deep.equal([
      { name: "decided", seconds: 1.5 },
      { name: "promoted", seconds: 3.5 },
    ]);
    expect(promotionMarks(status, faultAt + 60_000)).to.deep.equal([]);
    expect(promotionMarks({}, faultAt)).to.deep.equal([]);
  });
});
