import { expect } from "chai";
import { analyse } from "../../../resilience/analyse/index.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { SiteOutcome } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, one, withUploads } from "../changes.ts";
import { fact, restart } from "../fixture-facts.ts";
import type { Draft } from "../changes.ts";

type Change = (draft: Draft<System>) => void;

const watching: Change = (d) => d.services.forEach((each) => each.store && (each.watchesStore = fact(true)));

function at(site: string, fault: string, ...changes: readonly Change[]): SiteOutcome {
  const system = changed((d) => changes.forEach((change) => change(d)));
  return one(analyse(system, parseFault(fault, system)).sites, (each) => each.site === site);
}

const single: Change = (d) => void (d.sites[1]!.servers[0]!.arrays[0]!.level = fact("single"));

/** Readiness probe of 17 s in the fixture, and the endpoints' second. */
const NOTICED = 17 + 1;

describe("a service whose readiness watches its store", () => {
  for (const [fault, change] of [
    ["storage:titan", () => undefined],
    ["disk:titan:1", single],
  ] as const) {
    it(`lets the other site answer after ${fault}, once the probe has failed`, () => {
      expect(at("titan", fault, change).reads).to.equal("partial");
      const outcome = at("titan", fault, change, watching);
      expect(outcome.reads).to.equal("full");
      const { stages, ...transition } = outcome.transition;
      const unserved = { reads: ["alastair", "core"], writes: [] };
      expect(transition).to.deep.equal({ reads: "partial", writes: "full", unserved, seconds: NOTICED });
      expect(stages.map(({ name, seconds, governedBy }) => [name, seconds, governedBy])).to.deep.equal([
        ["detected", NOTICED - 1, "setting"],
        ["connected", 1, "constant"],
      ]);
    });
  }

  it("follows the probe's own settings", () => {
    const slow: Change = (d) => d.services.forEach((each) => (each.unready = fact(60)));
    expect(at("titan", "storage:titan", watching, slow).transition.seconds).to.equal(61);
  });

  for (const process of ["mongo", "postgres"]) {
    it(`is read at the other site while a dead ${process} at Titan takes five minutes to come back`, () => {
      const slow: Change = (d) => {
        one(d.postgres, ({ site }) => site === "titan").restart = { ...restart, readiness: fact(300) };
        one(d.mongo[0]!.members, ({ site }) => site === "titan").restart.readiness = fact(300);
      };
      const fault = `process:${process}@titan`;
      expect(at("titan", fault, slow).transition).to.include({ reads: "partial" });
      expect(at("titan", fault, slow).transition.seconds).to.be.at.least(300);
      const watched = at("titan", fault, slow, watching);
      expect(watched.reads).to.equal("full");
      expect(watched.transition).to.include({ reads: "partial", seconds: NOTICED });
    });
  }

  it("of PostgreSQL that hangs until a person acts, is read at the other site", () => {
    expect(at("titan", "process:postgres@titan:hang").reads).to.equal("partial");
    const watched = at("titan", "process:postgres@titan:hang", watching);
    expect(watched).to.include({ reads: "full" });
    expect(watched.transition.seconds).to.equal(NOTICED);
  });

  it("returns later than its store does: Aachen's writes wait for the probe", () => {
    const usual = at("aachen", "process:postgres@aachen").transition.seconds!;
    expect(at("aachen", "process:postgres@aachen", watching).transition.seconds).to.equal(usual + 2 + 1);
  });

  it("takes its files with it when it leaves", () => {
    expect(at("aachen", "storage:aachen", withUploads, watching).reads).to.equal("partial");
    const elsewhere: Change = (d) => d.volumes.forEach((each) => (each.storageClass = fact("safe")));
    const safe: Change = (d) => {
      d.sites[0]!.servers[0]!.arrays.push({ ...d.sites[0]!.servers[0]!.arrays[0]!, name: "safe" });
      d.sites[0]!.storageClasses.push({ name: "safe", array: fact("safe") });
    };
    const reasons = at("aachen", "disk:aachen/data:3", withUploads, safe, elsewhere, watching).reasons;
    expect(reasons.map(({ text }) => text).join("\n")).to.match(/reads of core-media fail/);
  });

  it("stays, and answers with errors, where the store is there and its data is damaged", () => {
    expect(at("titan", "corruption:postgres", watching).reads).to.equal(at("titan", "corruption:postgres").reads);
  });
});
