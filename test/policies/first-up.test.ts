import { expect } from "chai";
import { stackResources } from "../../planner/harness.ts";
import { judgeAll } from "../../policies/judge-all.ts";
import { alone } from "../../policies/platform-sites.ts";
import { rules } from "../../policies/rules/index.ts";
import { up } from "../program/site.ts";

const OF_A_STACK = rules.filter(({ kind }) => kind !== "platform");

/** A site's first `up`, while no other stack has told anything: a pack that stopped it would stop the platform for ever. */
const FIRST: readonly (readonly [string, string])[] = [
  ["aachen", "master-slave"],
  ["titan", "master-slave"],
  ["azure", "azure-primary"],
  ["aachen", "azure-primary"],
  ["azure", "all-azure"],
];

describe("the first up of a site", () => {
  for (const [site, topology] of FIRST) {
    it(`${site} in ${topology} is stopped by no mandatory policy`, async () => {
      const result = await up(site, { topology });
      const stack = stackResources(result);
      // A pack judges a platform of one site as a whole.
      const stopped = judgeAll(alone(stack) ? rules : OF_A_STACK, [stack])
        .filter(({ rule }) => rule.level === "mandatory")
        .flatMap(({ rule, findings }) => findings.map(({ message }) => `${rule.name}: ${message}`));
      expect(stopped).to.deep.equal([]);
    });
  }

  it("says what it could not judge yet", async () => {
    const results = judgeAll(OF_A_STACK, [stackResources(await up("titan", { topology: "master-slave" }))]);
    const pending = results.filter(({ pending: texts }) => texts.length > 0).map(({ rule }) => rule.name);
    expect(pending).to.include("dns-lets-go");
  });
});
