import { expect } from "chai";
import { stackResources } from "../../planner/harness.ts";
import { judge } from "../../planner/judge.ts";
import { planTopology } from "../../planner/plan.ts";
import type { Answer } from "../../planner/questions/answer.ts";
import { answerQuestions } from "../../planner/questions/index.ts";
import { readProject } from "../../planner/stack-files.ts";
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
