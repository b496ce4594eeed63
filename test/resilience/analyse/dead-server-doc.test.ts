import { readFileSync } from "node:fs";
import { expect } from "chai";
import { stackResources } from "../../../planner/harness.ts";
import { NOTICED_SOON, withServers } from "../../../planner/more-servers.ts";
import { planTopology } from "../../../planner/plan.ts";
import { editSite } from "../../../planner/questions/edit-site.ts";
import { readProject } from "../../../planner/stack-files.ts";
import { failoverFrom } from "../../../resilience/analyse/failover.ts";
import { Trail } from "../../../resilience/analyse/trail.ts";
import { World } from "../../../resilience/analyse/world.ts";
import { known } from "../../../resilience/fact.ts";
import { observe } from "../../../resilience/observe/index.ts";
import type { System } from "../../../resilience/system.ts";
import { masterSlave } from "../../../topologies/master-slave.ts";
import { azureSystem } from "../azure-fixture.ts";

type Facts = Readonly<Record<string, unknown>>;
const TERMS = [
  "controllers taken over",
  "noticed",
  "archive asked",
  "promoted",
  "standby asks archive",
  "standby again",
  "connected",
];

/** S1 with three servers in Aachen. @param masters how many of them run the control plane, counted from the first */
async function threeServers(masters: number, more: Facts = NOTICED_SOON): Promise<System> {
  const project = readProject(process.cwd());
  const edit = editSite(project.name, "aachen", (facts) => {
    const changed = withServers({ ...facts, ...more }, 3);
    const servers = (changed["servers"] as readonly Facts[]).map((server, i) => ({
      ...server,
      controlPlane: i < masters,
    }));
    return { ...changed, servers };
  });
  const { sites } = await planTopology(project, masterSlave, undefined, edit);
  return observe(sites.map(({ site, result }) => stackResources(result, `plan of ${site}`)));
}

/** The terms of the table, and their sum, where the site's last server dies. */
function terms(system: System, site: string): readonly number[] {
  const found = system.sites.find(({ name }) => name === site)!;
  const cluster = system.postgres.find((each) => each.site === site)!;
  const world = new World(system, new Set(), new Trail());
  const stages = failoverFrom(world, found, [found.servers.at(-1)!.name], cluster)!;
  const each = TERMS.map((term) =>
    stages.filter(({ name }) => name === term).reduce((sum, { seconds }) => sum + seconds, 0),
  );
  return [...each, stages.reduce((sum, { seconds }) => sum + seconds, 0)];
}

describe("docs/drills.md on a dead server", function () {
  this.timeout(180_000);
  const text = readFileSync("docs/drills.md", "utf8");
  const rows = text
    .split("\n")
    .filter((line) => /^\| `/.test(line))
    .map((line) => line.split("|").slice(2, -1).map(Number));

  it("gives the terms that the analysis computes, for each kind of Zone", async () => {
    expect(rows).to.deep.equal([
      terms(await threeServers(1), "aachen"),
      terms(await threeServers(3), "aachen"),
      terms(await threeServers(1, {}), "aachen"),
      terms(await azureSystem("azure-primary"), "azure"),
    ]);
  });

  it("keeps the aim of 30 s where the grace can be set, the controllers live, and a processor has time", async () => {
    const system = await threeServers(1);
    const at = (share: number): number => {
      const postgres = system.postgres.map((cluster) => ({
        ...cluster,
        archiveAccess: { ...cluster.archiveAccess!, share: known(share, { urn: cluster.urn, path: "" }) },
      }));
      return terms({ ...system, postgres }, "aachen").at(-1)!;
    };
    expect(at(1)).to.be.at.most(30);
    expect(text.replace(/\s+/g, " ")).to.contain(`after ${at(1).toFixed(1)} s, at worst`);
    expect(at(0.25)).to.equal(terms(system, "aachen").at(-1));
  });
});
