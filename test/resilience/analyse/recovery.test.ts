import { expect } from "chai";
import { analyse } from "../../../resilience/analyse/index.ts";
import { MONGO_START } from "../../../resilience/constants.ts";
import { known, unknown } from "../../../resilience/fact.ts";
import type { Fact } from "../../../resilience/fact.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { Outcome } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, withServers } from "../changes.ts";
import { fact } from "../fixture-facts.ts";
import type { Draft } from "../changes.ts";

type Change = (draft: Draft<System>) => void;

function after(fault: string, change: Change = () => undefined): Outcome {
  const system = changed(change);
  return analyse(system, parseFault(fault, system));
}

function stage(outcome: Outcome, name: string): number {
  const found = outcome.recovery.stages.filter((each) => each.name === name);
  if (found.length === 0)
    throw new Error(`no stage ${name} among ${outcome.recovery.stages.map((each) => each.name).join(", ")}`);
  return Math.max(...found.map(({ seconds }) => seconds));
}

/** Until what comes back by itself is back for Aachen's clients, seconds. */
const settled = ({ sites }: Outcome): number | null | undefined =>
  sites.find(({ site }) => site === "aachen")?.transition.seconds;

/** Two servers, an instance on each, and a control plane that survives one of them. */
const twoServers: Change = (d) => {
  withServers(d, "aachen", 2);
  d.postgres[0]!.instances = fact(2);
  d.sites[0]!.controlPlane = fact("provider");
};

/** Measured on real clusters; a prediction is the worst case, so none may be shorter. */
const measured = {
  primaryKilled: 7.9,
  restartInPlace: 10.4,
  nodeDead: 346,
  receiverDrops: 5,
  catchUp: 30,
  mongoElection: 3,
};

describe("recovery time", () => {
  it("is never predicted shorter than it was measured", () => {
    expect(after("process:postgres@aachen").recovery.seconds).to.be.at.least(measured.restartInPlace);
    expect(after("process:postgres@aachen").recovery.seconds).to.be.at.least(measured.primaryKilled);
    expect(settled(after("node:aachen-1", twoServers))).to.be.at.least(measured.nodeDead);
    expect(stage(after("link:aachen-titan"), "cut noticed")).to.be.at.least(measured.receiverDrops);
    expect(stage(after("link:aachen-titan"), "replication again")).to.be.at.least(measured.catchUp);
    const election = after("process:mongo@aachen", (d) => void (d.mongo[0]!.members[2]!.priority = 1));
    expect(election.recovery.seconds).to.be.at.least(measured.mongoElection);
  });

  it("of replication is governed by whatever takes most of it", () => {
    const governed = (retry: number) =>
      after("link:aachen-titan", (d) => d.postgres.forEach((each) => (each.walRetrieveRetry = fact(retry))))
        .recovery.stages.filter(({ name }) => name === "replication again")
        .map(({ governedBy }) => governedBy);
    expect(governed(5)).to.deep.equal(["constant"]);
    expect(governed(600)).to.deep.equal(["setting"]);
  });

  it("says for every stage which setting it was computed from", () => {
    for (const fault of ["site:titan", "process:mongo@aachen", "link:aachen-titan", "gateway:titan"]) {
      for (const { from } of after(fault).recovery.stages) expect(from).to.not.equal("");
    }
  });

  it("says for every stage whether a setting of ours governs it or a product's own value", () => {
    const governed = (outcome: Outcome) => outcome.recovery.stages.map(({ name, governedBy }) => [name, governedBy]);
    expect(governed(after("process:core@aachen"))).to.deep.equal([
      ["detected", "constant"],
      ["started", "setting"],
      ["ready", "setting"],
      ["connected", "constant"],
    ]);
    expect(new Map(after("site:titan").dns.stages.map(({ name, governedBy }) => [name, governedBy]))).to.deep.equal(
      new Map([
        ["dns check", "setting"],
        ["dns cache", "setting"],
        ["dns retry", "constant"],
      ]),
    );
    const noticed = (grace: Fact<number>) =>
      after("node:aachen-1", (d) => {
        twoServers(d);
        d.sites[0]!.nodeGrace = grace;
      }).recovery.stages.find(({ name }) => name === "noticed")?.governedBy;
    expect(noticed(fact(20))).to.equal("setting");
    expect(noticed(known(50, { urn: "zone", path: "nodeMonitorGrace", builtIn: true }))).to.equal("constant");
  });

  it("of MongoDB's primary waits for no readiness where its Service leads to it before", () => {
    const mongo = (foundUnready: boolean) =>
      after("process:mongo@aachen", (d) => {
        for (const member of d.mongo[0]!.members) member.foundUnready = foundUnready;
        d.mongo[0]!.members[0]!.restart.readiness = fact(30);
      });
    const election = (outcome: Outcome) =>
      outcome.recovery.stages.slice(
        0,
        outcome.recovery.stages.findIndex(({ name }) => name === "elected"),
      );
    expect(election(mongo(false)).map(({ name }) => name)).to.include("ready");
    expect(settled(mongo(false))! - settled(mongo(true))!).to.be.above(1);
  });

  it("of MongoDB's primary is an election alone where the site has a second member that can be elected", () => {
    const second =
      (priority: number): Change =>
      (d) =>
        void (d.mongo[0]!.members[1] = { ...d.mongo[0]!.members[0]!, name: "mongo-aachen-1", priority });
    const elected = 2 * 1.15 + 0.5 + 2 + 0.5;
    for (const fault of ["process:mongo@aachen", "process:mongo@aachen:hang"])
      expect(settled(after(fault, second(1))), fault).to.be.closeTo(elected, 1e-9);
    // One of another priority is missed only where it is the one that leads.
    expect(settled(after("process:mongo@aachen", second(5)))).to.be.closeTo(elected, 1e-9);
    expect(settled(after("process:mongo@aachen", second(0)))).to.be.above(elected);
    const lost = (concern: string): unknown =>
      after("process:mongo@aachen", (d) => {
        second(1)(d);
        for (const { store } of d.services) if (store?.kind === "mongo") store.writeConcern = fact(concern);
      }).dataLoss.find(({ subject }) => subject === "mongo")?.kind;
    expect([lost("majority"), lost("1")]).to.deep.equal(["none", "bounded"]);
  });

  it("notices a cut one way later where data still arrives until its sender stalls", () => {
    const both = stage(after("link:aachen-titan"), "cut noticed");
    expect(stage(after("link:aachen>titan"), "cut noticed")).to.equal(both);
    expect(stage(after("link:titan>aachen"), "cut noticed")).to.equal(both + 1);
  });

  it("of the names is checks, time-out, TTL and the second name server's turn", () => {
    const { dns } = after("site:titan");
    expect(dns.seconds).to.be.closeTo(2 * 1 + 1 + 5 + 0.8, 1e-9);
    expect(dns).to.include({ affectedShare: 0.5, settles: true });
    expect(
      after("site:titan", (d) =>
        d.nameServers.forEach((server) =>
          server.records.forEach((record) => record.check && (record.check.failures = 3)),
        ),
      ).dns.seconds,
    ).to.be.closeTo(2 * 3 + 1 + 5 + 0.8, 1e-9);
  });

  it("of a static zone is never, until a person acts: R8 is broken", () => {
    const outcome = after("site:titan", (d) =>
      d.nameServers.forEach((server) => server.records.forEach((record) => (record.check = undefined))),
    );
    expect(outcome.dns).to.include({ seconds: null, settles: false });
    expect(outcome.sites[1]).to.include({ reads: "down" });
    expect(outcome.promises.find(({ id }) => id === "R8")?.verdict).to.equal("broken");
    expect(outcome.recovery.commands.join()).to.contain("pulumi up -s aachen");
  });

  it("follows the settings: probes, grace, election time-out, eviction", () => {
    expect(after("process:core@aachen").recovery.seconds).to.equal(1 + 0.5 + 2 + 1);
    expect(
      after("process:core@aachen", (d) => d.services.forEach((each) => (each.restart.readiness = fact(20)))).recovery
        .seconds,
    ).to.equal(1 + 0.5 + 20 + 1);
    expect(after("process:core@aachen:hang").recovery.seconds).to.equal(7 + 5 + 1 + 0.5 + 2 + 1);
    expect(after("process:mongo@aachen").recovery.seconds).to.be.closeTo(
      1 + MONGO_START.value + 2 + 1 + 2 * 1.15 + 0.5 + 2 + 0.5,
      1e-9,
    );
    const monitored = (grace: number, period: number) =>
      after("node:aachen-1", (d) => {
        twoServers(d);
        Object.assign(d.sites[0]!, { nodeGrace: fact(grace), nodePeriod: fact(period), nodeEviction: fact(grace) });
      });
    // The grace, a look before it and one after it; receivers have stopped by then, since they wait for 5 s.
    expect(settled(monitored(50, 5))).to.equal(50 + 2 * 5 + 0 + 0 + 10 + 1);
    expect(settled(monitored(12, 1))).to.equal(12 + 2 * 1 + 0 + 0 + 10 + 1);
  });

  it("of a dead server is by hand where volumes on its disks wait for it, though the databases fail over", () => {
    const { recovery, promises } = after("node:aachen-1", twoServers);
    expect(recovery).to.include({ mode: "manual", seconds: null });
    expect(recovery.commands.join()).to.contain("bring aachen-1 back");
    expect(promises.find(({ id }) => id === "R8")?.verdict).to.equal("broken");
  });

  it("has no time where what failed is away from the first moment until it is back", () => {
    const { recovery, sites } = after("link:aachen-titan");
    expect(sites.map(({ writes }) => writes)).to.include("read-only");
    expect(recovery).to.include({ mode: "automatic", seconds: null });
  });

  it("counts the longest start that the probes allow, and is unknown where they allow any", () => {
    const start = (value: Draft<System>["services"][number]["restart"]["start"]): Outcome =>
      after("process:core@aachen", (d) => d.services.forEach((each) => (each.restart.start = value)));
    expect(start(fact(60)).recovery.seconds).to.equal(1 + 60 + 2 + 1);
    expect(start(undefined).recovery).to.include({ mode: "unknown", seconds: null });
  });

  it("is unknown without a probe, and then nothing is kept", () => {
    const outcome = after("process:core@aachen", (d) =>
      d.services.forEach((each) => (each.restart.readiness = unknown("no readiness probe"))),
    );
    expect(outcome.recovery).to.include({ mode: "unknown", seconds: null });
    expect(outcome.promises.filter(({ id }) => id === "R5" || id === "R8").map(({ verdict }) => verdict)).to.deep.equal(
      ["unknown", "unknown"],
    );
    expect(outcome.unknowns.map(({ text }) => text).join()).to.contain("no readiness probe");
  });

  it("of a PostgreSQL that hangs needs a person with one instance, and the operator with two", () => {
    const alone = after("process:postgres@aachen:hang");
    expect(alone.recovery).to.include({ mode: "manual", seconds: null });
    expect(alone.recovery.commands.join()).to.contain("delete pod");
    expect(after("process:postgres@aachen:hang", twoServers).recovery.mode).to.equal("automatic");
  });

  it("of a primary that restarts waits for a standby to follow it, where a commit does", () => {
    const seconds = (synchronous: number) =>
      settled(
        after("process:postgres@aachen", (draft) => {
          twoServers(draft);
          const cluster = draft.postgres[0]!;
          cluster.synchronous = fact(synchronous);
          cluster.archiveAccess = { share: fact(0.25), parallel: fact(2) };
        }),
      )!;
    // Two files of log and a history, 0.9 s of a processor each on a quarter of one, and the time between two tries.
    expect(seconds(1)).to.be.closeTo(seconds(0) + (3 * 0.9) / 0.25 + 5, 1e-9);
  });

  it("of a dead server is unknown where nobody says that the control plane survives it", () => {
    const outcome = after("node:aachen-1", (d) => {
      twoServers(d);
      d.sites[0]!.controlPlane = fact("own");
      for (const server of d.sites[0]!.servers) server.controlPlane = unknown("not declared");
    });
    expect(outcome.recovery.seconds).to.equal(null);
    expect(outcome.unknowns.map(({ text }) => text).join()).to.contain("control plane of aachen survives");
  });

  it("of a dead server needs a majority of the control plane: one of two is none, two of three are", () => {
    const own =
      (count: number): Change =>
      (d) => {
        withServers(d, "aachen", count);
        d.postgres[0]!.instances = fact(count);
        d.sites[0]!.controlPlane = fact("own");
        for (const server of d.sites[0]!.servers) server.controlPlane = fact(true);
      };
    const said = (count: number): string =>
      after("node:aachen-1", own(count))
        .reasons.map(({ text }) => text)
        .join("\n");
    expect(said(2)).to.contain("1 of 2 members of aachen's control plane live: no majority");
    expect(said(3)).to.contain("2 of 3 members of aachen's control plane live: a majority");
    const stages = (count: number) => after("node:aachen-1", own(count)).recovery.stages.map(({ name }) => name);
    expect(stages(3)).to.include("evicted");
    expect(stages(2)).to.not.include("evicted");
  });

  it("of Aachen's writes is a person's decision, with the commands and when to stop", () => {
    const { recovery, runbook, promises } = after("site:aachen");
    expect(recovery.mode).to.equal("manual");
    const position = (part: string): number => recovery.commands.findIndex((command) => command.includes(part));
    const order = [
      "cut aachen off",
      "holdfast:active titan -s aachen",
      "holdfast:active titan -s titan",
      "holdfast:promotion forced -s titan",
      "pulumi up -s titan",
      "force the configuration of",
      "when aachen is back",
    ].map(position);
    expect(order).to.deep.equal([...order].sort((a, b) => a - b));
    expect(order).not.to.include(-1);
    expect(runbook.stop.join()).to.contain("split brain");
    expect(promises.find(({ id }) => id === "R8")?.verdict).to.equal("broken");
  });

  it("of a lost standby is a new clone by a person, and of a surviving array nothing", () => {
    expect(after("storage:titan").recovery.commands.join("\n")).to.contain("holdfast:rebuilt.from aachen -s titan");
    expect(after("disk:titan:1").recovery).to.include({ mode: "none-needed", seconds: 0 });
  });

  it("of a dead gateway is a cut for as long as its restart takes", () => {
    const outcome = after("gateway:titan");
    expect(outcome.sites[1]?.transition).to.include({ reads: "stale", writes: "read-only", seconds: 4.5 });
    expect(outcome.sites[1]).to.include({ reads: "full", writes: "full" });
  });
});
