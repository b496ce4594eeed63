import { expect } from "chai";
import { drillSection, withDrill } from "../../../../planner/report/drills.ts";
import type { Outcome } from "../../../../resilience/outcome.ts";
import { drill, file, prediction } from "./example.ts";

const none = { reasons: [], unknowns: [], pending: [], capacity: [], promises: [], events: [] };

function outcome(fault: string, seconds = 16.4): Outcome {
  const { title, sites, recovery, dns, dataLoss } = prediction;
  const levels = { reads: "full", writes: "full" } as const;
  return {
    ...none,
    fault,
    title,
    sites: sites.map(({ site, reads, writes, unserved, unservedMeanwhile, seconds: until }, index) => {
      const transition = {
        reads: "down",
        writes: "down",
        unserved: unservedMeanwhile,
        seconds: index === 0 ? seconds : until,
        stages: [],
      } as const;
      return { site, reads, writes, unserved, transition, signIn: "works", sessionsEndAfter: 5, reasons: [] };
    }),
    recovery: { ...recovery, stages: recovery.stages.map((stage) => ({ ...stage, urns: [] })), commands: [] },
    dns: { ...dns, stages: [], ...levels, reasons: [] },
    dataLoss: dataLoss.map((loss) => ({ ...loss, restoredFrom: null, reasons: [] })),
    splitBrain: { possible: "no", why: "", urns: [] },
    runbook: { check: [], type: [], stop: [] },
    lastDrilled: null,
  };
}

const outcomes = [outcome(drill.fault), outcome("site:aachen"), outcome("site:titan")];

describe("the report's section on drills", () => {
  it("says not measured of every fault where nothing was drilled", () => {
    const { text } = drillSection(outcomes, undefined);
    expect(text.match(/<span>not measured<\/span>/g)).to.have.length(3);
    expect(text).to.contain("Not measured: 3 faults").and.not.contain("<svg");
  });

  it("puts what was measured beside what was predicted, with its picture, and names the rest", () => {
    const { text } = drillSection(outcomes, file);
    for (const words of [
      "at most 16.4 s",
      "7.9 s, at worst 9.5 s (3 runs)",
      'good verdict">as predicted',
      "holdfast drill",
      "15 | instead of 17",
      "<svg",
    ])
      expect(text).to.contain(words);
    expect(text.match(/<span>not measured<\/span>/g)).to.have.length(2);
    expect(text).to.not.contain("The plan has changed");
  });

  it("counts a drill without a run among what was not measured", () => {
    const planned = { ...file, drills: [{ ...drill, figures: [], runs: [], verdict: "not measured" as const }] };
    expect(drillSection(outcomes, planned).text).to.contain("Not measured: 3 faults");
  });

  it("tells when the plan predicts otherwise by now", () => {
    expect(drillSection([outcome(drill.fault, 30)], file).text).to.contain("The plan has changed since");
  });

  it("shows what the checker found, escaped", () => {
    const runs = [{ ...drill.runs[0]!, problems: ["<i>lost</i>"] }];
    const { text } = drillSection(outcomes, { ...file, drills: [{ ...drill, runs }] });
    expect(text).to.contain("&lt;i&gt;lost&lt;/i&gt;").and.contain('bad verdict">worse than predicted');
  });

  it("tells each outcome when it was last drilled", () => {
    const days = outcomes.map((outcome) => withDrill(outcome, file).lastDrilled);
    expect(days).to.deep.equal(["2026-01-03", null, null]);
    expect(outcomes.map((outcome) => withDrill(outcome, undefined))).to.deep.equal(outcomes);
  });
});
