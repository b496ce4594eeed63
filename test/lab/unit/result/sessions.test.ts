import { expect } from "chai";
import { samePrediction } from "../../../../lab/result/prediction.ts";
import { differencesOf, drillsIn, joined } from "../../../../lab/result/sessions.ts";
import type { Drill, DrillFile } from "../../../../lab/result/schema.ts";
import { drill, file, prediction, session } from "./example.ts";

function unmeasured(drill: Drill, why: string): Drill {
  const { id, title, fault, prediction: predicted } = drill;
  return {
    id,
    title,
    fault,
    prediction: predicted,
    figures: [],
    stages: [],
    runs: [],
    verdict: "not measured",
    notes: [why],
  };
}
const other: Drill = { ...drill, id: "D9", fault: "process:core@aachen", title: "core crashed" };
const later = { ...session, command: "holdfast drill --only D9 --add", differences: [] };
const now: DrillFile = { ...file, sessions: [later], drills: [unmeasured(drill, "not asked for"), other] };

describe("results of several sessions", () => {
  it("keep those of drills that the last one did not run, with where each comes from", () => {
    const both = joined({ ...file, drills: [drill, { ...other, notes: ["old"] }] }, now);
    expect(both.sessions).to.deep.equal([session, later]);
    expect(both.drills).to.deep.equal([drill, { ...other, session: 1 }]);
    expect([drillsIn(both, 0), drillsIn(both, 1)]).to.deep.equal([["D4"], ["D9"]]);
    expect(differencesOf(both)).to.deep.equal(session.differences);
  });

  it("lose what was measured when something else was predicted, and the session with it", () => {
    const before = { ...drill, prediction: { ...prediction, splitBrain: "yes" as const } };
    const { sessions, drills } = joined({ ...file, drills: [before] }, now);
    expect(sessions).to.deep.equal([later]);
    expect(drills[0]).to.include({ verdict: "not measured" });
    expect(drills[0]?.notes).to.deep.equal(["it was measured when something else was predicted: drill it again"]);
    expect(drills[1]?.session).to.equal(0);
  });

  it("keep what was worded better since", () => {
    const stages = prediction.recovery.stages.map((stage) => ({ ...stage, from: "said better" }));
    const sites = prediction.sites.map((site) => ({ ...site, stages }));
    const before = prediction.sites.map((site) => ({ ...site, stages: prediction.recovery.stages }));
    expect(samePrediction({ ...prediction, sites: before }, { ...prediction, sites })).to.equal(true);
    const worded = { ...drill, prediction: { ...prediction, title: "PostgreSQL's server at aachen crashes" } };
    expect(joined({ ...file, drills: [worded] }, now).drills[0]?.figures).to.deep.equal(drill.figures);
  });

  it("invent nothing that neither of them measured", () => {
    const nothing = { ...file, sessions: [], drills: [] };
    expect(joined(nothing, now).drills[0]).to.deep.equal(unmeasured(drill, "not asked for"));
  });

  it("tell a difference once that stands in both", () => {
    expect(differencesOf({ ...file, sessions: [session, session] })).to.deep.equal(session.differences);
  });
});
