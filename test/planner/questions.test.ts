import { expect } from "chai";
import { stackResources } from "../../planner/harness.ts";
import { judge } from "../../planner/judge.ts";
import { planTopology } from "../../planner/plan.ts";
import type { Answer } from "../../planner/questions/answer.ts";
import { answerQuestions } from "../../planner/questions/index.ts";
import { readProject } from "../../planner/stack-files.ts";
import { allAzure } from "../../topologies/all-azure.ts";
import { masterSlave } from "../../topologies/master-slave.ts";

describe("questions of the document", function () {
  this.timeout(120_000);
  let answers: readonly Answer[] = [];
  const answer = (id: string): Answer => {
    const found = answers.find((one) => one.id === id);
    if (!found) throw new Error(`${id} is not answered`);
    return found;
  };

  before(async () => {
    const project = readProject(".");
    const plan = await planTopology(project, masterSlave);
    const judgement = judge(plan.sites.map(({ result }) => stackResources(result)));
    answers = await answerQuestions(project, plan, judgement, () => undefined);
  });

  it("answers N1 to N5, in their order", () => {
    expect(answers.map(({ id }) => id)).to.deep.equal(["N1", "N2", "N3", "N4", "N5"]);
    for (const { sentences } of answers) expect(sentences.join(" ")).to.not.match(/undefined|NaN|unknown/);
  });

  it("N1: 2,500 users with one write a minute of 4 kB are 1.5 Mbit/s with the tunnel's overhead [R2]", () => {
    const bits = (2500 / 60) * 4000 * 8 * 1.1;
    expect(answer("N1").sentences[0])
      .to.contain(`${(bits / 1e6).toFixed(1)} Mbit/s`)
      .and.contain("41.7 writes/s");
  });

  it("N2: Aachen's failure does not recover by itself, and says by which command it does", () => {
    expect(answer("N2").sentences.join(" ")).to.contain("pulumi config set holdfast:active titan -s titan");
  });

  it("N3: counts what is written by hand and what is declared from it", () => {
    const [written = 0, , , declared = 0] = (answer("N3").sentences[0]?.match(/\d+/g) ?? []).map(Number);
    expect(written).to.be.within(2, 20);
    expect(declared).to.be.greaterThan(100 * 5);
  });

  it("N4: plans one, two and three servers, and the outcomes differ", () => {
    const { sentences, table } = answer("N4");
    expect(sentences[0]).to.contain("1, 2, 3 instances");
    const node = table?.rows.find(([fault]) => fault?.startsWith("node:"));
    expect(new Set(node?.slice(1)).size).to.be.greaterThan(1);
  });

  it("N5: says at which sizes the weakest uplink no longer carries the peak [R3]", () => {
    const fits = answer("N5").table?.rows.map((row) => row.at(-1));
    expect(fits).to.include("yes").and.include("no");
  });
});

describe("questions of the document where a site is on AKS", function () {
  this.timeout(180_000);
  let answers: readonly Answer[] = [];
  const rowOf = (id: string, name: string): readonly string[] | undefined =>
    answers
      .find((one) => one.id === id)
      ?.table?.rows.find(([first]) => first === name)
      ?.slice(1);

  before(async () => {
    const project = readProject(".");
    const plan = await planTopology(project, allAzure);
    const judgement = judge(plan.sites.map(({ result }) => stackResources(result)));
    answers = await answerQuestions(project, plan, judgement, () => undefined);
  });

  it("S2.4: plans the site anew in one zone, where the failure of that zone takes everything", () => {
    const [declared, alone] = rowOf("S2.4", "zone 1 fails") ?? [];
    expect(declared)
      .to.be.a("string")
      .and.not.match(/no such fault/);
    expect(alone).to.match(/^down\/down/);
    expect(declared).to.not.equal(alone);
    // No setting inside the region helps against the loss of the region.
    expect(rowOf("S2.4", "the region fails")?.map((cell) => cell.split(",")[0])).to.deep.equal([
      "down/down",
      "down/down",
    ]);
  });

  it("N2: names no living site to be led to where there is one alone", () => {
    const told = answers.find(({ id }) => id === "N2")?.sentences.join(" ");
    expect(told).to.contain("no other site is left").and.not.contain("living sites");
  });

  it("N4, S3.4: multiplies the nodes of the pool, of which each zone needs one", () => {
    const { table, sentences } = answers.find(({ id }) => id === "N4")!;
    expect(table?.head).to.deep.equal(["fault", "3 servers", "6 servers", "9 servers"]);
    expect(sentences[0]).to.match(/3, 3, 3 instances/);
    expect(rowOf("N4", "node:workers1-1")).to.have.length(3);
    expect(JSON.stringify(table)).to.not.match(/no such fault/);
  });
});
