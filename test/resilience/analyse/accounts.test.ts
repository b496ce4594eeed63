import { expect } from "chai";
import { analyse } from "../../../resilience/analyse/index.ts";
import type { Fact } from "../../../resilience/fact.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { Outcome } from "../../../resilience/outcome.ts";
import type { AccountRedundancy } from "../../../resilience/system.ts";
import { changed, one, withServers } from "../changes.ts";
import { fact } from "../fixture-facts.ts";
import { WEEK } from "../system-fixture.ts";

/** S1 with Aachen's backups in an account of a provider, which runs its three servers in three zones too. */
function outcome(redundancy: Fact<AccountRedundancy>, expression: string): Outcome {
  const system = changed((draft) => {
    withServers(draft, "aachen", 3);
    const aachen = one(draft.sites, ({ name }) => name === "aachen");
    aachen.provider = fact("azure");
    aachen.servers.forEach((server, index) => (server.zone = fact(String(index + 1))));
    const titan = one(draft.sites, ({ name }) => name === "titan").servers[0]!;
    titan.arrays.push({ ...structuredClone(titan.arrays[0]!), name: "copies" });
    for (const store of draft.backupStores) {
      if (store.site === "aachen") {
        store.redundancy = redundancy;
        store.array = { state: "unknown", why: "an account lies on no array" };
      } else store.array = fact({ server: "titan-1", array: "copies" });
    }
  });
  return analyse(system, parseFault(expression, system));
}

const loss = (redundancy: AccountRedundancy, expression: string) =>
  one(outcome(fact(redundancy), expression).dataLoss, ({ subject }) => subject === "postgres");
const said = ({ reasons }: Outcome): string => reasons.map(({ text }) => text).join("\n");
const all: readonly AccountRedundancy[] = ["lrs", "zrs", "grs", "gzrs"];

/** Databases and copies at Titan too: what is left lies in the account. */
const ALL_STORAGE = "storage:aachen+storage:titan";

describe("a backup account with a provider", () => {
  it("is not touched by what befalls the servers' disks", () => {
    for (const redundancy of all)
      expect(loss(redundancy, "disk:aachen:4+storage:titan"), redundancy).to.deep.include({
        kind: "bounded",
        restoredFrom: "archive backup-aachen",
        seconds: 60,
      });
  });

  it("goes with all storage of its region, unless it has copies in the paired one", () => {
    for (const redundancy of ["lrs", "zrs"] as const)
      expect(loss(redundancy, ALL_STORAGE), redundancy).to.deep.include({ kind: "everything", restoredFrom: null });
    for (const redundancy of ["grs", "gzrs"] as const)
      expect(loss(redundancy, ALL_STORAGE), redundancy).to.deep.include({
        kind: "unknown",
        seconds: null,
        restoredFrom: "archive backup-aachen",
      });
  });

  it("promises no age of the copies in the paired region, and says who must act", () => {
    const text = said(outcome(fact("gzrs"), ALL_STORAGE));
    expect(text).to.match(/asynchronously, usually within 15 minutes, for which Microsoft promises nothing/);
    expect(text).to.match(/only after a person has failed the account over .*may refuse where versions are immutable/);
  });

  it("leaves a copy elsewhere as old as it is, which is known, and is preferred to what is not", () => {
    for (const redundancy of all)
      expect(loss(redundancy, "storage:aachen+disk:titan/data:2"), redundancy).to.deep.include({
        kind: "bounded",
        restoredFrom: "copy of archive backup-aachen on titan",
        seconds: WEEK + 60,
      });
  });

  it("is gone with the provider, copies in other regions too", () => {
    for (const redundancy of all)
      expect(loss(redundancy, "provider:azure+storage:titan"), redundancy).to.deep.include({
        kind: "everything",
        restoredFrom: null,
      });
  });

  it("leaves unknown what is lost while its redundancy is", () => {
    const { dataLoss, unknowns } = outcome({ state: "unknown", why: "no SKU is declared" }, ALL_STORAGE);
    expect(one(dataLoss, ({ subject }) => subject === "postgres")).to.deep.include({ kind: "unknown" });
    expect(unknowns.map(({ text }) => text).join("\n")).to.contain("no SKU is declared");
  });

  it("in one zone can't be read while that is dead, and loses nothing", () => {
    for (const redundancy of ["lrs", "grs"] as const)
      expect(said(outcome(fact(redundancy), "zone:aachen/1")), redundancy).to.match(
        /kept in one zone, and nobody is told in which: if it is the dead one, .*until the zone is back; nothing in it is lost/,
      );
    for (const redundancy of ["zrs", "gzrs"] as const)
      expect(said(outcome(fact(redundancy), "zone:aachen/1")), redundancy).to.match(
        /a copy in each of three zones: it is written and read on/,
      );
    for (const redundancy of all)
      expect(loss(redundancy, "zone:aachen/1"), redundancy).to.not.deep.include({ kind: "everything" });
  });

  it("in one zone stops to be written when that dies: what is damaged later is not in it", () => {
    const later = "zone:aachen/1,corruption:postgres";
    for (const redundancy of ["lrs", "grs"] as const) {
      expect(loss(redundancy, later), redundancy).to.deep.include({ seconds: null });
      expect(said(outcome(fact(redundancy), later))).to.contain("it may be the dead one");
    }
    for (const redundancy of ["zrs", "gzrs"] as const)
      expect(loss(redundancy, later), redundancy).to.deep.include({ kind: "bounded", seconds: 60 });
  });

  it("waits for its region, or for a person who fails it over", () => {
    const text = (redundancy: AccountRedundancy): string => said(outcome(fact(redundancy), "site:aachen"));
    expect(text("zrs")).to.match(/nothing can be read until the region is back$/m);
    expect(text("gzrs")).to.match(/until the region is back, or from its paired region: .*failed the account over/);
  });
});
