import { join } from "node:path";
import { expect } from "chai";
import { outcomeOf } from "../../../../lab/drill/predictions.ts";
import { drillsOf } from "../../../../lab/faults/index.ts";
import { planStage } from "../../../../lab/stage/planned.ts";
import type { PlannedStage } from "../../../../lab/stage/planned.ts";

describe("the faults of the drills", () => {
  const names = { primary: "aachen", standby: "titan" };
  let plan: PlannedStage;

  before(async () => {
    plan = await planStage(join(__dirname, "../../../.."), "master-slave", () => undefined);
  });

  it("are written as the plan's outcomes write them, so that each has its prediction", () => {
    for (const { id, fault } of drillsOf(names)) {
      const found = outcomeOf(plan.judgement, fault);
      expect(found?.fault, `${id} ${fault}`).to.equal(fault);
    }
  });

  it("are asked of the analysis where no outcome has them, and have no prediction where it knows no such fault", () => {
    const combined = outcomeOf(plan.judgement, "link:aachen-titan+process:mongo@aachen");
    expect(combined?.fault).to.equal("link:aachen-titan+process:mongo@aachen");
    expect(outcomeOf(plan.judgement, "site:nowhere")).to.equal(undefined);
  });
});
