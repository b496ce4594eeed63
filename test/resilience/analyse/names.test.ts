import { expect } from "chai";
import { unknown } from "../../../resilience/fact.ts";
import { dropTime, nameServersUp, worstShare } from "../../../resilience/analyse/names.ts";
import { Trail } from "../../../resilience/analyse/trail.ts";
import { World } from "../../../resilience/analyse/world.ts";
import { targetsOf } from "../../../resilience/faults/targets.ts";
import type { NameServer, System } from "../../../resilience/system.ts";
import { nameServer } from "../fixture-traffic.ts";
import { s1 } from "../system-fixture.ts";

const [record] = nameServer("titan").records;
/** Probes of Traffic Manager: every 10 s, the first failure counts. */
const check = { interval: 10, timeout: 5, failures: 1 };
const told = unknown<number>("the provider runs it");
const managed: NameServer = {
  ...nameServer("titan"),
  runsOn: "provider",
  provider: "azure",
  replicas: told,
  restart: { hangDetection: told, readiness: told, grace: told },
  records: [{ ...record!, check }],
};
const mixed: System = { ...s1(), nameServers: [nameServer("aachen"), managed] };
const world = (...broken: readonly string[]): World => new World(mixed, new Set(broken), new Trail());
const up = (...broken: readonly string[]): readonly string[] =>
  nameServersUp(world(...broken)).map(({ site, runsOn }) => `${runsOn} ${site}`);

describe("resilience/analyse: authorities", () => {
  it("keeps a provider's name server when its site dies, and loses it with the provider alone", () => {
    expect(up("site:titan")).to.deep.equal(["site aachen", "provider titan"]);
    expect(up("provider:azure")).to.deep.equal(["site aachen"]);
    expect(up("site:aachen")).to.deep.equal(["provider titan"]);
  });

  it("offers no fault of a provider's server by itself", () => {
    const { nameServers, processes } = targetsOf(mixed);
    expect(nameServers).to.deep.equal(["aachen"]);
    expect(processes).to.include("nameserver@aachen").and.not.include("nameserver@titan");
  });

  it("counts the clients of the authority that sends most of them to the dead site", () => {
    const [first, second] = record!.targets;
    const skewed = {
      ...managed,
      records: [
        {
          ...record!,
          targets: [
            { ...first!, weight: 1 },
            { ...second!, weight: 3 },
          ],
        },
      ],
    };
    const both = { ...mixed, nameServers: [nameServer("aachen"), skewed] };
    expect(worstShare(both, ["titan"])).to.equal(0.75);
    expect(worstShare(both, ["aachen"])).to.equal(0.5);
    expect(worstShare(both, [])).to.equal(0);
    expect(worstShare({ ...mixed, nameServers: [] }, ["titan"])).to.equal(undefined);
  });

  it("takes the slower of two authorities: a client may have asked either", () => {
    // Traffic Manager: 10 s until the next probe, 5 s until it has failed, 5 s in caches.
    expect(dropTime(world("site:titan"), "titan").seconds).to.equal(20);
    const own = { ...mixed, nameServers: [nameServer("aachen")] };
    expect(dropTime(new World(own, new Set(["site:titan"]), new Trail()), "titan").seconds).to.equal(8);
  });
});
