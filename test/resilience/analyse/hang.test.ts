import { expect } from "chai";
import { analyse } from "../../../resilience/analyse/index.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { Outcome } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed } from "../changes.ts";
import type { Draft } from "../changes.ts";
import { fact } from "../fixture-facts.ts";

type Change = (draft: Draft<System>) => void;

function after(fault: string, change: Change): Outcome {
  const system = changed(change);
  return analyse(system, parseFault(fault, system));
}

const stages = ({ recovery }: Outcome) => recovery.stages.map(({ name, seconds }) => [name, seconds]);

describe("recovery of a store that hangs", () => {
  it("of MongoDB waits as long as the probe's own grace period says, not the pod's", () => {
    const own: Change = (d) => d.mongo[0]!.members.forEach((member) => (member.restart.hangGrace = fact(3)));
    const fault = "process:mongo@aachen:hang";
    expect(stages(after(fault, () => undefined)).slice(0, 2)).to.deep.equal([
      ["detected", 7],
      ["stopped", 5],
    ]);
    expect(stages(after(fault, own)).slice(0, 2)).to.deep.equal([
      ["detected", 7],
      ["stopped", 3],
    ]);
  });
});
