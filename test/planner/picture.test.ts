import { readFileSync } from "node:fs";
import { expect } from "chai";
import { stackResources } from "../../planner/harness.ts";
import { planTopology } from "../../planner/plan.ts";
import { picture } from "../../planner/report/diagram.ts";
import { readProject } from "../../planner/stack-files.ts";
import { observe } from "../../resilience/observe/index.ts";
import { masterSlave } from "../../topologies/master-slave.ts";

describe("the README's picture", () => {
  it("shows what the program declares now (cp out/master-slave/picture.svg docs/)", async () => {
    const { sites } = await planTopology(readProject("."), masterSlave);
    const system = observe(sites.map(({ result }) => stackResources(result)));
    expect(picture(system)).to.equal(readFileSync("docs/picture.svg", "utf8"));
  });
});
