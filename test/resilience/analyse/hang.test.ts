import { expect } from "chai";
import { KUBELET_RELIST, POSTGRES_START } from "../../../resilience/constants.ts";
import { analyse } from "../../../resilience/analyse/index.ts";
import { unknown } from "../../../resilience/fact.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { Outcome } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, withServers } from "../changes.ts";
import type { Draft } from "../changes.ts";
import { fact, restart } from "../fixture-facts.ts";

type Change = (draft: Draft<System>) => void;

const HUNG = "process:postgres@aachen:hang";

function after(fault: string, change: Change): Outcome {
  const system = changed(change);
  return analyse(system, parseFault(fault, system));
}

const stages = ({ recovery }: Outcome) => recovery.stages.map(({ name, seconds }) => [name, seconds]);

/** An instance whose own probe is asked for 30 s, and which then gets 5 s. */
const watched: Change = (d) => {
  d.postgres[0]!.restart = structuredClone(restart);
  d.postgres[0]!.hangProbe = { detection: fact(30), grace: fact(5) };
};

describe("recovery of a store that hangs", () => {
  it("of the only PostgreSQL instance ends with its restart, where a probe asks it; else a person ends it", () => {
    const outcome = after(HUNG, watched);
    expect(outcome.recovery.mode).to.equal("automatic");
    expect(stages(outcome)).to.deep.equal([
      ["detected", 30],
      ["stopped", 5],
      ["detected", KUBELET_RELIST.value],
      ["started", POSTGRES_START.value],
      ["ready", 2],
      ["connected", 1],
    ]);
    const manual = after(HUNG, (d) => {
      watched(d);
      delete d.postgres[0]!.hangProbe;
    });
    expect(manual.recovery.mode).to.equal("manual");
    expect(stages(manual)).to.deep.equal([]);
  });

  it("needs the API server too: an instance manager that starts waits for its Cluster", () => {
    const outcome = after(`control-plane:aachen,${HUNG}`, watched);
    expect(outcome.recovery.mode).to.equal("manual");
    expect(JSON.stringify(outcome)).to.contain("the control plane of aachen is not there for a restart");
  });

  it("is the operator's failover where another instance is there, whatever asks the hung one", () => {
    const two: Change = (d) => {
      withServers(d, "aachen", 2);
      d.postgres[0]!.instances = fact(2);
      d.sites[0]!.controlPlane = fact("provider");
    };
    const both: Change = (d) => {
      two(d);
      watched(d);
    };
    expect(stages(after(HUNG, both)).map(([name]) => name)).to.include("promoted");
    expect(after(HUNG, both).recovery.seconds).to.equal(after(HUNG, two).recovery.seconds);
  });

  it("is not known while the probe's times are not", () => {
    const outcome = after(HUNG, (d) => {
      watched(d);
      d.postgres[0]!.hangProbe!.grace = unknown("a patch of parts");
    });
    expect(outcome.recovery.seconds).to.equal(null);
  });

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
