import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { comparisonOf } from "../../planner/comparison.ts";
import type { Candidate, Column } from "../../planner/comparison.ts";
import { comparisonMarkdown, comparisonText } from "../../planner/comparison-text.ts";
import { stackResources } from "../../planner/harness.ts";
import { judge } from "../../planner/judge.ts";
import { planTopology } from "../../planner/plan.ts";
import { countConfiguration, writtenConfig } from "../../planner/questions/database-config.ts";
import { readProject } from "../../planner/stack-files.ts";
import { loadOf } from "../../resilience/capacity/load.ts";
import { valueOf } from "../../resilience/fact.ts";
import { topologies } from "../../topologies/index.ts";

describe("comparison of topologies", function () {
  this.timeout(120_000);
  const candidates: Candidate[] = [];
  let columns: readonly Column[] = [];
  let text = "";
  const column = (name: string): Column => {
    const found = columns.find((one) => one.name === name);
    if (!found) throw new Error(`${name} is not compared`);
    return found;
  };
  const fact = (name: string, what: string): string => column(name).facts.find((one) => one.what === what)?.text ?? "";

  before(async () => {
    const project = readProject(".");
    for (const topology of topologies) {
      const { sites } = await planTopology(project, topology);
      const results = sites.map(({ result }) => result);
      const written = writtenConfig(
        project,
        sites.map(({ site }) => site),
      );
      candidates.push({
        topology,
        judgement: judge(results.map((result) => stackResources(result))),
        configuration: countConfiguration(results, written),
      });
    }
    columns = comparisonOf(candidates);
    text = comparisonText(columns);
  });

  it("puts S1, S2 and S3 side by side with what is judged of each, nothing left out", () => {
    expect(columns.map(({ system }) => system)).to.have.members(["S1", "S2", "S3"]);
    columns.forEach(({ promises, claims, recoveries, classes, faults }, index) => {
      const { judgement } = candidates[index]!;
      expect(Object.values(promises).flat()).to.have.members(judgement.promises.map(({ id }) => id));
      expect(Object.values(claims).flat()).to.have.members(judgement.claims.map(({ claim }) => claim.id));
      expect(Object.values(recoveries).reduce((a, b) => a + b)).to.equal(judgement.outcomes.length);
      expect(classes.reduce((sum, { faults: count }) => sum + count, 0)).to.equal(judgement.outcomes.length);
      expect(faults).to.have.length(judgement.outcomes.length);
    });
  });

  it("computes the document's points: copies, zones, synchronisation, configuration, scaling, place of the data", () => {
    const workload = valueOf(candidates[0]!.judgement.system.workload)!;
    const megabits = (loadOf(workload).replicationBits / 1e6).toFixed(1);
    expect(fact("master-slave", "synchronisation between sites")).to.contain(`${megabits} Mbit/s`);
    expect(fact("all-azure", "synchronisation between sites")).to.match(/^none/);
    expect(fact("master-slave", "zones")).to.match(/^2 /);
    expect(fact("all-azure", "zones")).to.equal("3 (azure 3)");
    expect(fact("all-azure", "scaling")).to.equal(
      "azure: 3 to 6 servers, by itself for pods that find no room; more pods as the load grows by hand",
    );
    expect(fact("all-azure", "without a zone")).to.match(
      /^zone:azure\/1, zone:azure\/2, zone:azure\/3: full\/full, automatic in/,
    );
    expect(fact("all-azure", "without a site, or its region")).to.match(/^site:azure: down\/down, never/);
    expect(fact("master-slave", "personal data lies")).to.not.match(/azure|westeurope/);
    expect(fact("azure-primary", "personal data lies")).to.match(
      /azure, westeurope, NL .*aachen: servers of one's own/,
    );
    expect(fact("all-azure", "data with one provider only")).to.match(/postgres \(azure\), mongo \(azure\)/);
    for (const name of ["master-slave", "azure-primary"])
      expect(fact(name, "data with one provider only"), name).to.equal("none");
    expect(fact("all-azure", "without the provider")).to.match(/^provider:azure: .*down\/down/);
    expect(fact("master-slave", "without the provider")).to.match(/^no provider/);
    expect(fact("azure-primary", "copies of the data")).to.match(/in azure, 1 in aachen/);
    for (const { name } of columns)
      expect(fact(name, "configuration of the databases"), name).to.match(
        /^\d+ values by hand, \d{3,} made from them$/,
      );
  });

  it("names the roles, not the sites, so that the same fault stands in one row", () => {
    expect(column("azure-primary").faults.map(({ fault }) => fault)).to.include("site:primary");
    const rows = text.split("\n").filter((line) => line.startsWith("site:primary "));
    expect(rows).to.have.length(1);
    expect(rows[0]?.match(/; lost /g)).to.have.length(3);
    expect(text).to.not.match(/^site:(aachen|titan|azure)/m);
    // One site has no standby: there is no such fault.
    expect(text).to.match(/^site:standby .* -$/m);
  });

  it("confirms or refutes S3.5 by figures, and says the measure", () => {
    const { verdict, why } = column("azure-primary").mostAvailable;
    expect(verdict).to.be.oneOf(["confirmed", "refuted", "unknown"]);
    expect(why.join("\n")).to.match(/\d+ of \d+ against/);
    expect(text)
      .to.contain(`azure-primary, as the document claims: ${verdict}`)
      .and.match(/measured .*within the time of R5/);
    const confirmed = columns.filter(({ mostAvailable }) => mostAvailable.verdict === "confirmed");
    expect(confirmed.length).to.be.at.most(1);
  });

  it("writes Markdown whose tables have a cell per topology, and everything that was read in code", () => {
    const lines = comparisonMarkdown(columns)
      .split("\n")
      .filter((line) => line.startsWith("|"));
    expect(lines.length).to.be.greaterThan(30);
    for (const line of lines) {
      const cells = line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim());
      expect(cells, line).to.have.length(columns.length + 1);
      for (const cell of cells) expect(cell, line).to.match(/^(|---|`.*`)$/);
    }
  });

  it("prints JSON with the measure, and wants two topologies and one format", () => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, ["bin/holdfast.js", "compare", ...args], { encoding: "utf8" });
    const { stdout, status } = run("master-slave", "all-azure", "--json");
    const document = JSON.parse(stdout) as { measure: string; topologies: readonly Column[] };
    expect(status).to.equal(0);
    expect(document.measure).to.match(/R5/);
    expect(document.topologies.map(({ name }) => name)).to.deep.equal(["master-slave", "all-azure"]);
    for (const args of [["master-slave"], ["master-slave", "all-azure", "--json", "--markdown"]])
      expect(run(...args)).to.include({ status: 2, stdout: "" });
  });
});
