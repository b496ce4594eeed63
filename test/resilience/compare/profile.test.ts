import { expect } from "chai";
import { classOf } from "../../../resilience/compare/classes.ts";
import { profilesOf, recoveriesOf } from "../../../resilience/compare/profile.ts";
import { analyseAll } from "../../../resilience/analyse/index.ts";
import type { Outcome } from "../../../resilience/outcome.ts";
import { s1 } from "../system-fixture.ts";

const outcomes: readonly Outcome[] = analyseAll(s1());
const find = (fault: string): Outcome => {
  const found = outcomes.find((outcome) => outcome.fault === fault);
  if (!found) throw new Error(`${fault} is not analysed`);
  return found;
};

describe("profile of a platform by class of fault", () => {
  it("puts each fault of the catalogue into one class, and those of several events apart", () => {
    expect(classOf(find("site:aachen"))).to.equal("site");
    expect(classOf(find("disk:aachen:3"))).to.equal("disk");
    expect(classOf(find("link:aachen>titan"))).to.equal("link");
    expect(classOf(find("site:titan,site:aachen"))).to.equal("several at once");
    const profiles = profilesOf(outcomes);
    expect(profiles.reduce((sum, { faults }) => sum + faults, 0)).to.equal(outcomes.length);
  });

  it("counts what R5's own verdicts say", () => {
    for (const profile of profilesOf(outcomes)) {
      const verdicts = outcomes
        .filter((outcome) => classOf(outcome) === profile.faultClass)
        .map(({ promises }) => promises.find(({ id }) => id === "R5")?.verdict);
      expect(profile.within, profile.faultClass).to.equal(verdicts.filter((verdict) => verdict === "kept").length);
      expect(profile.open).to.equal(verdicts.filter((verdict) => verdict !== "kept" && verdict !== "broken").length);
    }
  });

  it("names the slowest recovery: by a person before any that ends by itself, then the longer", () => {
    const site = find("site:titan");
    const as = (fault: string, mode: Outcome["recovery"]["mode"], seconds: number | null): Outcome => ({
      ...site,
      fault,
      recovery: { mode, seconds, stages: [], commands: [] },
    });
    const slowest = (...all: readonly Outcome[]): string | undefined => profilesOf(all)[0]?.slowest.fault;
    expect(slowest(as("a", "automatic", 5), as("b", "automatic", 9), as("c", "none-needed", 0))).to.equal("b");
    expect(slowest(as("a", "automatic", null), as("b", "automatic", 9))).to.equal("a");
    expect(slowest(as("a", "manual", 1), as("b", "automatic", 900))).to.equal("a");
    expect(slowest(as("a", "never", null), as("b", "unknown", null), as("c", "manual", null))).to.equal("b");
    expect(recoveriesOf([as("a", "manual", 1), as("b", "none-needed", 0), as("c", "automatic", 1)])).to.deep.equal({
      byItself: 2,
      byPerson: 1,
      never: 0,
      unknown: 0,
    });
  });
});
