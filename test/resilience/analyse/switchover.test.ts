import { expect } from "chai";
import { plannedSwitchover } from "../../../resilience/analyse/switchover.ts";
import type { Switchover } from "../../../resilience/analyse/switchover.ts";
import { changed, one, withUploads } from "../changes.ts";
import type { Draft } from "../changes.ts";
import type { System } from "../../../resilience/system.ts";
import { fact } from "../fixture-facts.ts";

const predicted = (change: (draft: Draft<System>) => void = () => undefined): Switchover | undefined =>
  plannedSwitchover(changed(change));
const seconds = (found: Switchover | undefined, name: string): number =>
  (found?.recovery.stages ?? []).filter((stage) => stage.name === name).reduce((sum, stage) => sum + stage.seconds, 0);

describe("a planned switchover", () => {
  it("goes from the site that takes the writes to the standby, by a person's commands", () => {
    const found = predicted();
    expect(found).to.include({ from: "aachen", to: "titan", fault: "planned switchover" });
    expect(found?.recovery).to.include({ mode: "manual", seconds: null });
    expect(found?.recovery.commands.at(-1)).to.equal("pulumi up -s titan");
    for (const { transition } of found?.sites ?? []) expect(transition).to.include({ writes: "down", seconds: null });
  });

  it("is bounded by what is declared: how long the old primary may stop, how soon a lost connection is given up", () => {
    const demoted = seconds(predicted(), "demoted");
    const promoted = seconds(predicted(), "promoted");
    const slower = predicted((draft) => {
      one(draft.postgres, ({ site }) => site === "aachen").stopDelay = fact(130);
      one(draft.postgres, ({ site }) => site === "titan").walReceiverTimeout = fact(65);
    });
    expect(demoted).to.be.above(30);
    expect(promoted).to.be.above(35);
    expect(seconds(slower, "demoted")).to.equal(demoted + 100);
    expect(seconds(slower, "promoted")).to.equal(promoted + 60);
  });

  it("waits for three looks into the archive, as long as what is set aside for them makes them", () => {
    const asking = (share: number) =>
      predicted((draft) => {
        one(draft.postgres, ({ site }) => site === "titan").archiveAccess = { share: fact(share), parallel: fact(2) };
      });
    const spare = seconds(asking(1), "promoted");
    expect(spare).to.be.closeTo(seconds(predicted(), "promoted") + 3.6, 1e-9);
    expect(seconds(asking(0.25), "promoted")).to.be.closeTo(spare + 10.8, 1e-9);
    expect(seconds(asking(16), "promoted"), "one program runs on one processor").to.equal(spare);
    const full = asking(0);
    expect(full?.recovery.stages).to.deep.equal([]);
    expect(full?.unknowns.map(({ text }) => text).join()).to.contain("nothing is set aside for it");
  });

  it("says which fact is missing rather than to guess", () => {
    const found = predicted((draft) => {
      one(draft.postgres, ({ site }) => site === "aachen").stopDelay = { state: "unknown", why: "nobody said so" };
    });
    expect(found?.recovery.stages).to.deep.equal([]);
    expect(found?.unknowns.map(({ text }) => text).join()).to.contain("nobody said so");
  });

  it("loses nothing, and leaves users' files where they are until a person brings them over", () => {
    const found = predicted(withUploads);
    expect(found?.dataLoss.map(({ subject, kind }) => `${subject} ${kind}`)).to.deep.equal([
      "postgres none",
      "mongo none",
      "uploads:core-media@aachen none",
    ]);
    for (const { transition } of found?.sites ?? []) expect(transition.unserved.reads).to.include("core-media");
  });

  it("leaves readers without what only PostgreSQL answers, or what only the active site runs, for a while", () => {
    const reads = (found: Switchover | undefined) =>
      found?.sites.map(({ transition }) => [transition.reads, transition.unserved.reads]);
    expect(reads(predicted())).to.deep.equal([
      ["partial", ["core"]],
      ["partial", ["core"]],
    ]);
    const lonely = predicted((draft) => {
      draft.services = draft.services.filter(({ site, name }) => site === "aachen" || name !== "alastair");
    });
    for (const { transition } of lonely?.sites ?? [])
      expect(transition.unserved.reads).to.deep.equal(["alastair", "core"]);
  });

  it("is none where nobody could take over, or where nobody knows who takes the writes", () => {
    expect(predicted((draft) => void draft.postgres.splice(1))).to.equal(undefined);
    expect(predicted((draft) => draft.postgres.forEach((cluster) => (cluster.replica = fact(false))))).to.equal(
      undefined,
    );
  });
});
