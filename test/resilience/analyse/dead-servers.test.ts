import { expect } from "chai";
import { analyse, judgeClaims } from "../../../resilience/analyse/index.ts";
import { unknown } from "../../../resilience/fact.ts";
import type { Fact } from "../../../resilience/fact.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { Outcome } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, one } from "../changes.ts";
import type { Draft } from "../changes.ts";
import { fact } from "../fixture-facts.ts";

/** Titan has a single disk, and the systems of both servers lie where the test says. */
function systemOn(titan: Fact<string>, aachen: Fact<string> = fact("data")): System {
  return changed((d) => {
    d.sites[0]!.servers[0]!.systemArray = aachen;
    d.sites[1]!.servers[0]!.systemArray = titan;
    d.sites[1]!.servers[0]!.arrays[0]!.level = fact("single");
  });
}

const after = (system: System, fault: string): Outcome => analyse(system, parseFault(fault, system));
const levels = ({ sites }: Outcome): unknown => sites.map(({ reads, writes }) => [reads, writes]);
const all = ({ sites, reasons }: Outcome): string =>
  [...sites.flatMap((site) => site.reasons), ...reasons].map(({ text }) => text).join("\n");

describe("a server whose own system lay on a lost array", () => {
  it("is dead as after node:, with the same service left", () => {
    for (const [disk, node] of [
      ["disk:titan:1", "node:titan-1"],
      ["disk:aachen/data:3", "node:aachen-1"],
      ["storage:aachen", "node:aachen-1"],
    ] as const) {
      const system = systemOn(fact("data"));
      expect(levels(after(system, disk)), disk).to.deep.equal(levels(after(system, node)));
      expect(all(after(system, disk)), disk).to.match(/has lost the array on which its own system lies/);
    }
  });

  it("leaves the names within seconds, so C7 is confirmed; where the server lives on it is refuted", () => {
    const verdict = (system: System) => one(judgeClaims(system), ({ claim }) => claim.id === "C7");
    const dead = after(systemOn(fact("data")), "disk:titan:1");
    expect(dead.sites[1]).to.include({ reads: "full", writes: "full" });
    expect(dead.sites[1]!.transition).to.include({ reads: "down", writes: "down" });
    expect(dead.sites[1]!.transition.seconds).to.be.closeTo(2 + 1 + 5 + 0.8, 1e-9);
    expect(verdict(systemOn(fact("data"))).verdict).to.equal("confirmed");
    expect(verdict(systemOn(fact("elsewhere"))).verdict).to.equal("refuted");
  });

  it("is dead for good until a person installs it anew", () => {
    const { recovery } = after(systemOn(fact("data")), "disk:titan:1");
    expect(recovery.mode).to.equal("manual");
    expect(recovery.commands.join("\n")).to.contain("install the system of titan-1 anew");
    expect(after(systemOn(fact("elsewhere")), "disk:titan:1").recovery.commands.join("\n")).to.not.contain("install");
  });

  it("is not told of where nothing declares it: the worse reading only where it is the server that lives on", () => {
    const titan = after(systemOn(unknown("no array is said to hold it")), "disk:titan:1");
    expect(titan.sites[1]).to.include({ reads: "partial" });
    expect(titan.sites[1]!.transition.seconds).to.be.closeTo(8.8, 1e-9);
    expect(titan.unknowns.map(({ text }) => text).join()).to.contain("whether titan-1 lives on");
  });

  it("is unknown where the server's death would be the worse of the two: a static zone leads clients to it for ever", () => {
    const system = systemOn(unknown("no array is said to hold it"));
    const fixed = structuredClone(system) as Draft<System>;
    fixed.nameServers.forEach(({ records }) => records.forEach((record) => (record.check = undefined)));
    const outcome = after(fixed, "disk:titan:1");
    expect(outcome.sites[1]).to.include({ reads: "unknown", writes: "unknown" });
    expect(outcome.dns).to.include({ reads: "unknown" });
    expect(all(outcome)).to.contain("if titan-1 dies with the disks:");
    expect(one(judgeClaims(fixed), ({ claim }) => claim.id === "C7").verdict).to.not.equal("confirmed");
  });

  it("lives on when another array is lost", () => {
    expect(after(systemOn(fact("data"), fact("backup")), "disk:aachen/data:3").sites[0]!.reads).to.equal("partial");
  });
});
