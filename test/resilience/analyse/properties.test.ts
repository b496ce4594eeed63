import { expect } from "chai";
import fc from "fast-check";
import { analyse, analyseAll } from "../../../resilience/analyse/index.ts";
import { worseLoss } from "../../../resilience/analyse/worst.ts";
import { unknown } from "../../../resilience/fact.ts";
import type { FaultEvent } from "../../../resilience/fault.ts";
import { catalogue } from "../../../resilience/faults/catalogue.ts";
import { makeFault } from "../../../resilience/faults/format.ts";
import type { Outcome, ServiceLevel } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, withUploads } from "../changes.ts";
import { fact } from "../fixture-facts.ts";
import { s1 } from "../system-fixture.ts";

/** `stale` counts as answered: when the other side stops writing too, nothing is missed any more. */
const RANK: Readonly<Record<ServiceLevel, number>> = {
  full: 3,
  stale: 3,
  partial: 2,
  "read-only": 1,
  down: 1,
  unknown: 0,
};

const rich = changed((draft) => {
  withUploads(draft);
  for (const cluster of draft.postgres) cluster.hangProbe = { detection: fact(30), grace: fact(5) };
});
const faults = catalogue(rich);
const events: FaultEvent[] = faults.flatMap(({ steps }) => steps.flat());
const someEvents = fc.array(fc.constantFrom(...events), { minLength: 1, maxLength: 3 });
const someFault = fc.constantFrom(...faults);

describe("the analysis", () => {
  it("makes up every site's time, and the names', of stages", () => {
    for (const { fault, sites, dns } of analyseAll(rich))
      for (const { seconds, stages } of [...sites.map(({ transition }) => transition), dns]) {
        const sum = stages.reduce((total, stage) => total + stage.seconds, 0);
        expect(sum, fault).to.be.closeTo(seconds ?? 0, 1e-9);
      }
  });

  it("never lets more faults improve reads or writes", () => {
    // With a static zone: where the name servers drop a dead site, its clients do better than those of a sick one.
    const system = changed((draft) => {
      withUploads(draft);
      draft.nameServers.forEach((server) => server.records.forEach((record) => (record.check = undefined)));
    });
    fc.assert(
      fc.property(someEvents, someEvents, (few, more) => {
        const a = analyse(system, makeFault([few]));
        const b = analyse(system, makeFault([[...few, ...more]]));
        a.sites.forEach((site, i) => {
          const worse = b.sites[i];
          expect(RANK[worse?.reads ?? "unknown"], `${a.fault} / ${b.fault}: reads at ${site.site}`).to.be.at.most(
            RANK[site.reads],
          );
          expect(RANK[worse?.writes ?? "unknown"], `${a.fault} / ${b.fault}: writes at ${site.site}`).to.be.at.most(
            RANK[site.writes],
          );
        });
      }),
      { numRuns: 150 },
    );
  });

  it("never loses less for having one backup fewer", () => {
    fc.assert(
      fc.property(someFault, fc.nat({ max: rich.backups.length - 1 }), (fault, gone) => {
        const fewer: System = { ...rich, backups: rich.backups.filter((_, i) => i !== gone) };
        const before = analyse(rich, fault).dataLoss;
        analyse(fewer, fault).dataLoss.forEach((loss, i) => {
          const had = before[i] ?? loss;
          expect(worseLoss(had, loss), `${fault.expression}: ${loss.subject}`).to.satisfy(
            (worst: typeof loss) => worst === loss || (loss.kind === had.kind && loss.seconds === had.seconds),
          );
        });
      }),
      { numRuns: 150 },
    );
  });

  it("never keeps a promise for knowing less", () => {
    const count = factsOf(structuredClone(rich)).length;
    fc.assert(
      fc.property(someFault, fc.nat({ max: count - 1 }), (fault, index) => {
        const hidden = structuredClone(rich);
        const hide = factsOf(hidden)[index];
        if (!hide) throw new Error("there is such a fact");
        hide();
        const kept = (outcome: Outcome): readonly string[] =>
          outcome.promises.filter(({ verdict }) => verdict === "kept").map(({ id }) => id);
        expect(kept(analyse(rich, fault)), `${fault.expression}, fact ${index}`).to.include.members([
          ...kept(analyse(hidden, fault)),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it("does not take a failure for healed because it does not know which database could be promoted", () => {
    const fault = faults.find(({ expression }) => expression === "site:aachen")!;
    for (const at of [0, 1]) {
      const hidden = structuredClone(rich);
      Object.assign(hidden.postgres[at]!, { replica: unknown("hidden by the test") });
      const { promises, recovery } = analyse(hidden, fault);
      expect(recovery.mode).to.equal("unknown");
      expect(promises.find(({ id }) => id === "R8")?.verdict).to.equal("unknown");
    }
  });

  it("gives the same answer twice, and cites resources for what it says of the stores", () => {
    expect(analyseAll(s1())).to.deep.equal(analyseAll(s1()));
  });

  it("knows all that S1 declares: nothing is unknown, in any outcome of the catalogue", () => {
    for (const { fault, unknowns, sites } of analyseAll(s1())) {
      expect(unknowns, fault).to.deep.equal([]);
      for (const { reads, writes } of sites) expect([reads, writes], fault).to.not.include("unknown");
    }
  });

  it("takes less than two seconds for the whole catalogue", () => {
    const start = performance.now();
    expect(analyseAll(rich).length).to.be.greaterThan(60);
    expect(performance.now() - start).to.be.below(2000);
  });
});

/** For every known fact of a system, what makes it unknown. */
function factsOf(value: unknown): readonly (() => void)[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const isFact = typeof inner === "object" && inner !== null && "state" in inner && inner.state === "known";
    return isFact ? [() => void Object.assign(value, { [key]: unknown("hidden by the test") })] : [...factsOf(inner)];
  });
}
