import { expect } from "chai";
import { resolve } from "node:path";
import { judge } from "../../planner/judge.ts";
import type { Judgement } from "../../planner/judge.ts";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { stateFile } from "../../planner/state-file.ts";
import { readStack } from "../../resilience/read.ts";
import { masterSlave } from "../../topologies/master-slave.ts";

interface State {
  readonly deployment: { resources: readonly { readonly type: string }[] };
}

describe("a site's public Certificate is taken out of stack.json", function () {
  this.timeout(120_000);
  let texts: ReadonlyMap<string, string> = new Map();

  const judgeWithout = (site?: string): Judgement =>
    judge(
      [...texts].map(([name, text]) => {
        if (name !== site) return readStack(text, name);
        const state = JSON.parse(text) as State;
        const left = state.deployment.resources.filter(
          ({ type }) => !/^kubernetes:cert-manager.*:Certificate$/.test(type),
        );
        expect(left.length).to.equal(state.deployment.resources.length - 1);
        state.deployment.resources = left;
        return readStack(JSON.stringify(state), name);
      }),
    );

  before(async () => {
    const { sites } = await planTopology(readProject(resolve(__dirname, "../..")), masterSlave);
    texts = new Map(sites.map(({ site, result }) => [site, JSON.stringify(stateFile(result))]));
  });

  it("as planned, nothing speaks of it", () => {
    expect(JSON.stringify(judgeWithout().outcomes)).to.not.contain("no public certificate");
  });

  for (const site of ["aachen", "titan"])
    it(`${site}: no fault keeps the promises of service, no claim of service is confirmed, and each says why`, () => {
      const { outcomes, claims, promises, kept } = judgeWithout(site);
      const why = `no public certificate for my.appserver.test is declared at ${site}`;
      for (const { fault, promises: verdicts, unknowns } of outcomes) {
        expect(unknowns.map(({ text }) => text).join(), fault).to.contain(why);
        for (const verdict of verdicts.filter(({ id }) => id === "R5" || id === "R7"))
          if (verdict.verdict !== "broken") {
            expect(verdict.verdict, fault).to.equal("unknown");
            expect(verdict.why).to.contain(why);
          }
      }
      const served = claims.filter(({ claim }) => claim.reads === "full");
      expect(served.length).to.be.greaterThan(0);
      for (const { claim, verdict } of served) expect(verdict, claim.id).to.be.oneOf(["refuted", "unknown"]);
      expect(served.map(({ verdict }) => verdict)).to.include("unknown");
      expect(promises.find(({ id }) => id === "R5")?.verdict).to.equal("broken");
      expect(kept).to.equal(false);
    });
});
