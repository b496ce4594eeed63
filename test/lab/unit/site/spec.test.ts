import { expect } from "chai";
import { apiServerAddress, clusterDnsAddress, placeServers } from "../../../../lab/site/spec.ts";
import type { ServerSpec } from "../../../../lab/site/spec.ts";

const net = { name: "aachen", publicAddress: "192.0.2.10", podRange: "10.1.0.0/16", serviceRange: "10.101.0.0/16" };
const place = (...servers: ServerSpec[]): readonly string[] =>
  placeServers({ net, servers }).map(({ server, address, pods }) => `${server.name} ${address} ${pods}`);

describe("a site's servers", () => {
  it("have the public address when there is one, and addresses of their own behind it when there are several", () => {
    expect(place({ name: "aachen-1", controlPlane: true })).to.deep.equal(["aachen-1 192.0.2.10 10.1.0.0/24"]);
    const several = place({ name: "control", controlPlane: true, pods: false }, { name: "one" }, { name: "two" });
    expect(several).to.deep.equal([
      "control 192.0.2.11 10.1.0.0/24",
      "one 192.0.2.12 10.1.1.0/24",
      "two 192.0.2.13 10.1.2.0/24",
    ]);
  });

  it("are refused with everything that is wrong with them", () => {
    const arrays = [
      { name: "data", level: "raid6", disks: 2, system: true },
      { name: "more", level: "single", disks: 1, system: true },
    ] as const;
    const wrong = (): unknown => place({ name: "one", arrays, pods: false }, { name: "one", pods: false });
    for (const word of [
      "0 servers with controlPlane",
      "no server runs pods",
      "two servers are called one",
      "raid6 of 2 disks",
      "on one array",
    ])
      expect(wrong).to.throw(word);
    expect(() => place({ name: "one", controlPlane: true }, { name: "two", controlPlane: true })).to.throw("2 servers");
  });

  it("find the API and the DNS at the usual places", () => {
    expect(apiServerAddress(net)).to.equal("10.101.0.1");
    expect(clusterDnsAddress(net)).to.equal("10.101.0.10");
  });
});
