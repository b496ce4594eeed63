import { readFileSync } from "node:fs";
import { expect } from "chai";
import { stackResources } from "../../../planner/harness.ts";
import { planTopology } from "../../../planner/plan.ts";
import { readProject } from "../../../planner/stack-files.ts";
import { analyse } from "../../../resilience/analyse/index.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import { observe } from "../../../resilience/observe/index.ts";
import type { System } from "../../../resilience/system.ts";
import { masterSlave } from "../../../topologies/master-slave.ts";

/** Until Aachen's writes are back after each fault, seconds. */
const written = (system: System): readonly (number | null | undefined)[] =>
  ["process:mongo@aachen", "process:mongo@aachen:hang"].map((fault) => {
    const aachen = analyse(system, parseFault(fault, system)).sites.find(({ site }) => site === "aachen");
    return aachen?.transition.seconds;
  });

/** Each arbiter is a member with data, like the first one of its site. */
function withoutArbiters(system: System): System {
  const mongo = system.mongo.map((set) => ({
    ...set,
    members: set.members.map((member) => {
      const like = set.members.find(({ site, arbiter }) => site === member.site && !arbiter);
      return member.arbiter && like ? { ...like, name: member.name, urn: member.urn } : member;
    }),
  }));
  return { ...system, mongo };
}

describe("docs/drills.md on MongoDB's primary", function () {
  this.timeout(60_000);

  it("gives the times that the analysis computes, with one member that can be elected and with two", async () => {
    const [, section = ""] = readFileSync("docs/drills.md", "utf8").split("## MongoDB's primary");
    const rows = section
      .split("\n")
      .filter((line) => /^\| (one|two) /.test(line))
      .map((line) => line.split("|").slice(2, -1).map(Number));
    const { sites } = await planTopology(readProject(process.cwd()), masterSlave);
    const system = observe(sites.map(({ site, result }) => stackResources(result, `plan of ${site}`)));
    expect(rows).to.deep.equal([written(system), written(withoutArbiters(system))]);
  });
});
