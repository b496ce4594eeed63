import { expect } from "chai";
import { planSegments } from "../../../../lab/network/plan.ts";

const aachen = { name: "aachen", publicAddress: "192.0.2.10", podRange: "10.1.0.0/16", serviceRange: "10.101.0.0/16" };
const titan = {
  name: "titan",
  publicAddress: "198.51.100.200",
  podRange: "10.1.0.0/16",
  serviceRange: "10.101.0.0/16",
};

describe("the lab's network plan", () => {
  it("puts each site around its public address, and its router and clients out of the way of its servers", () => {
    expect(planSegments([aachen, titan])).to.deep.equal([
      { name: "aachen", device: "site0", range: "192.0.2.0/24", gateway: "192.0.2.254", clients: "192.0.2.253" },
      { name: "titan", device: "site1", range: "198.51.100.0/24", gateway: "198.51.100.1", clients: "198.51.100.2" },
    ]);
  });

  it("names every collision at once, but lets two clusters use the same addresses inside", () => {
    const near = { ...titan, publicAddress: "192.0.2.20", podRange: "198.18.0.0/16", serviceRange: "10.1.128.0/24" };
    expect(() => planSegments([aachen, near]))
      .to.throw("titan (192.0.2.0/24) and aachen (192.0.2.0/24) overlap")
      .with.property("message")
      .that.includes("pods of titan (198.18.0.0/16) and the world (198.18.0.0/24) overlap");
    const tangled = { ...aachen, serviceRange: "10.1.128.0/24" };
    expect(() => planSegments([tangled])).to.throw("Services of aachen (10.1.128.0/24) and pods of aachen");
  });
});
