import { expect } from "chai";
import fc from "fast-check";
import { analyse, normalCapacity } from "../../../resilience/analyse/index.ts";
import { loadOf } from "../../../resilience/capacity/load.ts";
import { REPLICATION_OVERHEAD } from "../../../resilience/constants.ts";
import { unknown, valueOf } from "../../../resilience/fact.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { PromiseVerdict } from "../../../resilience/outcome.ts";
import type { Workload } from "../../../resilience/promised.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, one } from "../changes.ts";
import { fact } from "../fixture-facts.ts";
import { s1 } from "../system-fixture.ts";

const workload = valueOf(s1().workload)!;

function promise(system: System, fault: string, id: string): PromiseVerdict {
  return one(analyse(system, parseFault(fault, system)).promises, (each) => each.id === id);
}

describe("load", () => {
  it("of 2,500 users is 4,167 requests and 42 writes per second, and 100 Mbit/s without first loads [R1, R2, R3]", () => {
    const load = loadOf(workload);
    expect(Math.round(load.requests)).to.equal(4167);
    expect(Math.round(load.writes)).to.equal(42);
    expect(load.bits / 1e6).to.be.closeTo(100, 1e-9);
  });

  it("counts a first load with its own size instead of a later request's [R3]", () => {
    const load = loadOf({ ...workload, firstLoadsPerMinute: 60 });
    expect(load.bits - loadOf(workload).bits).to.be.closeTo((2e6 - 3000) * 8, 1);
  });

  it("of replication is writes × bytes × overhead [N1]", () => {
    expect(loadOf(workload).replicationBits).to.be.closeTo((2500 / 60) * 4096 * 8 * REPLICATION_OVERHEAD.value, 1e-6);
    expect(REPLICATION_OVERHEAD.value).to.be.at.least((1280 + 40 + 60 + 25) / 1280);
  });

  it("grows with the sizes, whatever they are [N5]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 0, max: 1e6 }), (size, more) => {
        const sized = (laterRequestBytes: number): Workload => ({ ...workload, laterRequestBytes });
        expect(loadOf(sized(size + more)).bits).to.be.at.least(loadOf(sized(size)).bits);
      }),
    );
  });
});

describe("capacity", () => {
  it("is split by the names' shares, and all of it lands on the site that is left", () => {
    expect(normalCapacity(s1()).map(({ share }) => share)).to.deep.equal([0.5, 0.5]);
    const system = s1();
    const [aachen, titan] = analyse(system, parseFault("site:titan", system)).capacity;
    expect(aachen).to.include({ share: 1, enough: "yes" });
    expect(aachen?.requests.needed).to.be.closeTo(4166.67, 0.01);
    expect(titan).to.include({ share: 0 });
  });

  it("follows the weights of the records", () => {
    const system = changed((d) => d.nameServers.forEach((server) => (server.records[0]!.targets[0]!.weight = 3)));
    expect(normalCapacity(system).map(({ share }) => share)).to.deep.equal([0.75, 0.25]);
  });

  it("breaks R3 where the uplink that is left is too thin, and R1 where the services are", () => {
    const thin = changed((d) => d.sites.forEach((site) => (site.uplink = fact(90e6))));
    expect(promise(thin, "disk:aachen:1", "R3").verdict).to.equal("kept");
    expect(promise(thin, "site:titan", "R3").verdict).to.equal("broken");
    const weak = changed((d) => d.services.forEach((service) => (service.capacity = fact(1500))));
    expect(promise(weak, "disk:aachen:1", "R1").verdict).to.equal("kept");
    expect(promise(weak, "site:titan", "R1").verdict).to.equal("broken");
  });

  it("is unknown where an uplink or a service's rate is not declared", () => {
    const bare = changed((d) => {
      d.sites[0]!.uplink = unknown("not declared");
      d.services[0]!.capacity = unknown("not declared");
    });
    expect(normalCapacity(bare)[0]?.enough).to.equal("unknown");
    expect(promise(bare, "site:titan", "R3").verdict).to.equal("unknown");
    expect(promise(bare, "site:titan", "R1").verdict).to.equal("unknown");
  });
});
