import { expect } from "chai";
import { analyse, judgeClaims } from "../../../resilience/analyse/index.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { System } from "../../../resilience/system.ts";
import { changed } from "../changes.ts";
import { fact } from "../fixture-facts.ts";

type Change = Parameters<typeof changed>[0];

const DAY = 86_400;
/** The store at Aachen comes first, Titan's, which holds the weekly copies, second. */
const [AACHEN, TITAN] = [0, 1] as const;
const deletable =
  (index: number): Change =>
  (draft) =>
    void (draft.backupStores[index]!.clusterCanDelete = fact(true));

function r4(expression: string, change: Change = () => undefined): { readonly verdict: string; readonly why: string } {
  const system: System = changed(change);
  const found = analyse(system, parseFault(expression, system)).promises.find(({ id }) => id === "R4");
  if (!found) throw new Error("no verdict on R4");
  return found;
}

describe("resilience/analyse/backup-log", () => {
  for (const fault of ["corruption:postgres", "corruption:mongo"]) {
    it(`${fault}: a log counters it only if whoever holds the cluster can't shorten it`, () => {
      expect(r4(fault).verdict).to.equal("kept");
      const broken = r4(fault, deletable(AACHEN));
      expect(broken.verdict).to.equal("broken");
      expect(broken.why).to.match(/backup-aachen: whoever holds the cluster can .*shorten the log of 5 weeks/);
      expect(r4(fault, deletable(TITAN)).verdict, "the copy is not what it is restored from").to.equal("kept");
    });

    it(`${fault}: versions must be locked as long as the log reaches back`, () => {
      const locked = (seconds: number): string =>
        r4(fault, (draft) => void (draft.backupStores[AACHEN]!.lockedFor = fact(seconds))).verdict;
      expect([0, DAY, 35 * DAY - 1, 35 * DAY, 70 * DAY].map(locked)).to.deep.equal([
        "broken",
        "broken",
        "broken",
        "kept",
        "kept",
      ]);
    });
  }

  it("says unknown where any of the three facts is not known, and pending where only an up tells", () => {
    for (const key of ["clusterCanDelete", "lockedFor", "retention"] as const) {
      const hide: Change = (draft) =>
        void (draft.backupStores[AACHEN]![key] = { state: "unknown", why: "not declared" });
      const { verdict, why } = r4("corruption:postgres", hide);
      expect(verdict, key).to.equal("unknown");
      expect(why).to.contain("not declared");
    }
    const source = { urn: "urn:x", path: "backupStore.lockedFor" };
    const later: Change = (draft) =>
      void (draft.backupStores[AACHEN]!.lockedFor = { state: "pending", why: "after an up", source });
    expect(r4("corruption:postgres", later).verdict).to.equal("pending");
  });

  it("names the store wherever the restore relies on it: a copy lies in the store of the site that it is on", () => {
    const fault = "corruption:postgres,storage:aachen";
    expect(r4(fault, deletable(AACHEN)).why).to.not.contain("can delete versions");
    expect(r4(fault, deletable(TITAN)).why).to.contain("can delete versions in backup-titan");
  });

  it("a claim that names the backup says what it does not hold against", () => {
    const why = (change: Change): string =>
      judgeClaims(changed(change)).find(({ claim }) => claim.restoredFrom === "titan")?.why ?? "";
    expect(why(() => undefined)).to.not.contain("taken over");
    expect(why(deletable(TITAN))).to.contain("not a cluster that was taken over: the cluster's own key can delete");
  });
});
