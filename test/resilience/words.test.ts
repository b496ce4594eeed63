import { expect } from "chai";
import { resolve } from "node:path";
import { stackResources } from "../../planner/harness.ts";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { aliasesOf } from "../../resilience/aliases.ts";
import { catalogue } from "../../resilience/faults/catalogue.ts";
import { parseFault } from "../../resilience/faults/parse.ts";
import { observe } from "../../resilience/observe/index.ts";
import { byRole, roleNames } from "../../resilience/roles.ts";
import type { System } from "../../resilience/system.ts";
import { topologies } from "../../topologies/index.ts";

describe("resilience: faults in other words", () => {
  const systems: System[] = [];
  before(async function () {
    this.timeout(120_000);
    for (const topology of topologies) {
      const { sites } = await planTopology(readProject(resolve(__dirname, "../..")), topology);
      systems.push(observe(sites.map(({ result }) => stackResources(result))));
    }
  });

  it("knows a site's role from its database", () => {
    topologies.forEach(({ sites }, index) => {
      const roles = roleNames(systems[index]!);
      for (const { name, role } of sites) expect(roles.get(name)).to.equal(role);
    });
  });

  it("gives the same faults of topologies with exchanged roles the same name", () => {
    const [first, second] = systems.map((system) =>
      catalogue(system).map(({ expression }) => byRole(expression, system)),
    );
    for (const expression of [
      "site:primary",
      "link:primary-standby",
      "link:primary>standby",
      "node:standby-server-1",
      "process:postgres@primary:hang",
      "site:standby,site:primary",
    ]) {
      expect(first).to.include(expression);
      expect(second).to.include(expression);
    }
  });

  it("tells different faults apart", () => {
    for (const system of systems) {
      const expressions = catalogue(system).map(({ expression }) => expression);
      expect(new Set(expressions.map((expression) => byRole(expression, system))).size).to.equal(expressions.length);
    }
  });

  it("has words only for faults that the system can have", () => {
    for (const system of systems) {
      const aliases = aliasesOf(system);
      expect(aliases.size).to.be.greaterThan(10);
      for (const expression of aliases.values()) expect(parseFault(expression, system).expression).to.equal(expression);
    }
    expect(aliasesOf(systems[0]!).get("titan-link-cut")).to.equal("link:aachen-titan");
  });
});
