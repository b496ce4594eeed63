import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { levelProblems } from "../../../../lab/result/levels.ts";
import { drillPage, drillTable } from "../../../../lab/result/markdown.ts";
import {
  predictedDns,
  predictedLoss,
  predictedRecovery,
  predictedStage,
  predictedTransition,
  predictionFor,
} from "../../../../lab/result/prediction.ts";
import { drillFolder, readDrills } from "../../../../lab/result/read.ts";
import { readDrillFile } from "../../../../lab/result/schema.ts";
import type { Drill } from "../../../../lab/result/schema.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import { measuredText } from "../../../../lab/result/text.ts";
import { drill, figure, file, prediction, session } from "./example.ts";

describe("drill.json", () => {
  it("is read as it was written", () => {
    expect(readDrillFile(JSON.parse(JSON.stringify(file)))).to.deep.equal(file);
  });

  it("is refused where a field is missing, unknown or out of range", () => {
    const bad: readonly unknown[] = [
      {},
      { ...file, version: 1 },
      { ...file, extra: 1 },
      { ...file, sessions: [{ ...session, machine: { ...session.machine, cores: 0 } }] },
      { ...file, drills: [{ ...drill, session: 1 }] },
      { ...file, drills: [{ ...drill, verdict: "fine" }] },
      { ...file, drills: [{ ...drill, figures: [{ ...figure, runs: [-1] }] }] },
      {
        ...file,
        drills: [{ ...drill, timeline: { ...drill.timeline, sites: [{ site: "a", answered: [1], failed: [] }] } }],
      },
    ];
    for (const value of bad) expect(() => readDrillFile(value), JSON.stringify(value).slice(0, 60)).to.throw();
  });

  it("is found beside the project, absent where there were no drills, and refused where somebody else wrote it", () => {
    const project = mkdtempSync(join(tmpdir(), "holdfast-drills-"));
    expect(readDrills(project, "master-slave")).to.equal(undefined);
    const folder = drillFolder(project, "master-slave");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "drill.json"), JSON.stringify(file));
    expect(readDrills(project, "master-slave")).to.deep.equal(file);
    writeFileSync(join(folder, "drill.json"), JSON.stringify({ ...file, drills: 5 }));
    expect(() => readDrills(project, "master-slave")).to.throw(/drill\.json[\s\S]*drills/);
    rmSync(project, { recursive: true });
  });
});

describe("the prediction of a fault", () => {
  it("is taken from the outcomes as they are", () => {
    const { sites, recovery, dns, dataLoss } = prediction;
    const outcome = {
      fault: prediction.fault,
      title: prediction.title,
      sites: sites.map(({ site, reads, writes, unserved, unservedMeanwhile, seconds }) => ({
        site,
        reads,
        writes,
        unserved,
        transition: {
          reads: "down" as const,
          writes: "down" as const,
          unserved: unservedMeanwhile,
          seconds,
          stages: [],
        },
        signIn: "works" as const,
        sessionsEndAfter: 5,
        reasons: [],
      })),
      recovery: { ...recovery, stages: recovery.stages.map((stage) => ({ ...stage, urns: [] })), commands: [] },
      dns: { ...dns, stages: [], reads: "full" as const, writes: "full" as const, reasons: [] },
      dataLoss: dataLoss.map((loss) => ({ ...loss, restoredFrom: null, reasons: [] })),
      splitBrain: { possible: "no" as const, why: "", urns: [] },
    };
    expect(predictionFor([outcome], outcome.fault)).to.deep.equal(prediction);
    expect(predictionFor([outcome], "site:nowhere")).to.equal(null);
  });

  it("bounds what the outcomes bound, and says what they don't", () => {
    expect(predictedTransition(prediction, "aachen")).to.deep.include({ kind: "bounded", seconds: 16.4 });
    for (const one of [
      predictedTransition(prediction, "titan"),
      predictedTransition(prediction, "rome"),
      predictedTransition(null, "aachen"),
    ])
      expect(one.kind).to.equal("unknown");
    const recovery = (change: Partial<typeof prediction.recovery>) =>
      predictedRecovery({ ...prediction, recovery: { ...prediction.recovery, ...change } }).kind;
    expect(recovery({})).to.equal("bounded");
    expect(recovery({ mode: "manual", seconds: null })).to.equal("by hand");
    expect(recovery({ mode: "never", seconds: null })).to.equal("by hand");
    expect(recovery({ seconds: null })).to.equal("unknown");
    expect(recovery({ mode: "unknown" })).to.equal("unknown");
    const dns = (change: Partial<typeof prediction.dns>) =>
      predictedDns({ ...prediction, dns: { ...prediction.dns, ...change } }).kind;
    expect([dns({}), dns({ settles: false }), dns({ seconds: null })]).to.deep.equal(["bounded", "by hand", "unknown"]);
    expect(predictedStage(prediction, "connected")).to.deep.equal({
      kind: "bounded",
      seconds: 1.5,
      from: "kube-proxy; driver",
    });
    expect(predictedStage(prediction, "promoted").kind).to.equal("unknown");
  });

  it("bounds the writes that may be lost", () => {
    const of = (subject: string): number => predictedLoss(prediction, subject);
    expect([of("postgres"), of("mongo"), of("uploads:core-media@aachen"), of("else")]).to.deep.equal([
      0,
      2,
      Infinity,
      Infinity,
    ]);
  });

  it("is contradicted by clients who fail or succeed against it", () => {
    const entry = (site: string, operation: "read" | "write", status: number): Entry => ({
      group: { site, kind: "browser", service: "core", operation, perSecond: 1, clients: 1 },
      client: 0,
      start: 0,
      end: 1,
      lag: 0,
      status,
    });
    const as = [
      entry("aachen", "read", 200),
      entry("aachen", "write", 201),
      entry("titan", "read", 200),
      entry("titan", "write", 503),
    ];
    expect(levelProblems(prediction, as)).to.deep.equal([]);
    expect(levelProblems(prediction, [...as, entry("aachen", "read", 503)])).to.deep.equal([
      "clients of aachen: reads predicted full, 1 of 2 failed (core)",
    ]);
    expect(levelProblems(prediction, [...as, entry("titan", "write", 201)])).to.deep.equal([
      "clients of titan: writes predicted read-only, 1 of 2 were answered",
    ]);
  });
});

describe("the table of drills", () => {
  const planned = [
    { id: "D4", title: "PostgreSQL primary killed", fault: prediction.fault },
    { id: "D7", title: "Switchover", fault: "switchover:titan" },
  ];

  it("has a row for each figure, and says what was not measured", () => {
    expect(drillTable(planned, file)).to.equal(
      [
        "| drill | fault | what | predicted | measured | verdict |",
        "|---|---|---|---|---|---|",
        "| D4 PostgreSQL primary killed | `process:postgres@aachen` | writes of clients at aachen | at most 16.4 s | 7.9 s, at worst 9.5 s (3 runs) | as predicted |",
        "| D7 Switchover | `switchover:titan` |  |  | not measured | not measured |",
      ].join("\n"),
    );
    expect(drillTable(planned, undefined).match(/\| not measured \| not measured \|/g)).to.have.length(2);
    const why = planned.map((one) => ({ ...one, reason: "no such program here" }));
    expect(drillTable(why, undefined).match(/\| no such program here \| {2}\| not measured \|/g)).to.have.length(2);
    expect(drillTable(why, file).match(/no such program here/g)).to.have.length(1);
  });

  it("tells what was lost beside what might be, once for all where it is the same", () => {
    const core = { of: "core", predicted: 0, looked: 1200, lost: 0, oldest: 0 };
    const rows = (...losses: NonNullable<Drill["losses"]>): string =>
      drillTable(planned, { ...file, drills: [{ ...drill, losses }] });
    expect(rows(core, { ...core, of: "files", looked: 34 })).to.contain(
      "| acknowledged writes that are lost | none | none of 1234 | as predicted |",
    );
    expect(
      rows({ ...core, predicted: 60, lost: 5, oldest: 12.5 }, { ...core, of: "files", predicted: null }),
    ).to.contain(
      "| core of the last 1 min; files no bound | core 5 of 1200, of the last 12.5 s; files none of 1200 | as predicted |",
    );
  });

  it("lets no row look kept where the checker found something", () => {
    const runs = [{ ...drill.runs[0]!, problems: ["core: 2 writes | lost"] }];
    const broken = { ...file, drills: [{ ...drill, runs }] };
    expect(drillTable(planned, broken)).to.match(/D4.*worse than predicted/);
    expect(drillPage(planned, broken)).to.contain("- D4: core: 2 writes \\| lost");
  });

  it("stands on a page with the command, the machine, the load, the steps and the differences", () => {
    const page = drillPage(planned, file);
    for (const text of [
      "D4: `holdfast drill`, 2026-01-01, on 2 cores, 24 GiB, Debian 12",
      "4167 requests/s asked",
      "sites up 21 s",
      "15 \\| instead of 17",
    ])
      expect(page).to.contain(text);
    expect(drillPage(planned, { ...file, sessions: [{ ...session, differences: [] }] })).to.contain("None.");
    const idle = { ...session, load: { asked: 34.5, attempted: 0, inTime: 0, answered: 0, succeeded: 0 } };
    expect(drillPage(planned, { ...file, sessions: [idle] })).to.not.contain("34.5 requests/s asked");
  });

  it("says how often, and what never came back", () => {
    expect(measuredText({ runs: [2] })).to.equal("2 s (1 run)");
    expect(measuredText({ runs: [2, null, 3] })).to.equal("3 s, at worst not back (3 runs)");
  });
});
