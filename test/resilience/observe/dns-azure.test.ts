import { expect } from "chai";
import { observe } from "../../../resilience/observe/index.ts";
import { PENDING } from "../../../resilience/resource.ts";
import type { Resource } from "../../../resilience/resource.ts";
import type { NameServer, System } from "../../../resilience/system.ts";
import { resource, stack } from "./fixture.ts";

type Fields = Readonly<Record<string, unknown>>;
const PROFILE_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/trafficManagerProfiles/holdfast";
const both = [
  { name: "azure", target: "203.0.113.30", weight: 1000 },
  { name: "aachen", target: "192.0.2.10", weight: 1000 },
];
const fast = { intervalInSeconds: 10, timeoutInSeconds: 5, toleratedNumberOfFailures: 0 };

const zone = resource("azure", "azure-native:dns:Zone", "dns-zone", { zoneName: "example.org" });
const manager = (changed: Fields = {}): Resource =>
  resource("azure", "azure-native:trafficmanager:Profile", "dns-profile", {
    profileName: "holdfast",
    trafficRoutingMethod: "Weighted",
    dnsConfig: { relativeName: "x", ttl: 5 },
    monitorConfig: fast,
    endpoints: both,
    ...changed,
  });
const recordSet = (fields: Fields): Resource =>
  resource("azure", "azure-native:dns:RecordSet", `set-${JSON.stringify(fields).length}`, {
    zoneName: "example.org",
    ...fields,
  });
const host = recordSet({ recordType: "A", relativeRecordSetName: "@", ttl: 5, targetResource: { id: PROFILE_ID } });

function system(resources: readonly Resource[], address = "203.0.113.30"): System {
  return observe([
    stack("azure", [zone, ...resources], { publicAddresses: [address] }),
    stack("aachen", [], { publicAddresses: ["192.0.2.10"] }),
  ]);
}

function server(found: System): NameServer {
  const [first, ...others] = found.nameServers;
  if (!first || others.length > 0) throw new Error(`${found.nameServers.length} name servers`);
  return first;
}

describe("resilience/observe: Azure DNS and Traffic Manager", () => {
  it("is an authority that the provider runs, and answers with both sites", () => {
    const found = server(system([manager(), host]));
    expect(found).to.include({ site: "azure", runsOn: "provider", provider: "azure", zone: "example.org" });
    expect(found.records.map(({ name, ttl, check }) => ({ name, ttl, check }))).to.deep.equal([
      { name: "example.org", ttl: 5, check: { interval: 10, timeout: 5, failures: 1 } },
    ]);
    expect(found.records[0]!.targets).to.deep.equal([
      { address: "203.0.113.30", site: "azure", weight: 0.5 },
      { address: "192.0.2.10", site: "aachen", weight: 0.5 },
    ]);
  });

  it("counts the failure that is not tolerated any more, and what holds where nothing is said", () => {
    const check = (monitorConfig: Fields) => server(system([manager({ monitorConfig }), host])).records[0]!.check;
    expect(check({})).to.deep.equal({ interval: 30, timeout: 10, failures: 4 });
    expect(check({ intervalInSeconds: 10 })).to.deep.equal({ interval: 10, timeout: 9, failures: 4 });
    expect(check({ ...fast, toleratedNumberOfFailures: 2 })).to.include({ failures: 3 });
  });

  it("takes the longer TTL of an alias of type A, and the profile's of one of type CNAME", () => {
    const slow = manager({ dnsConfig: { ttl: 60 } });
    expect(server(system([slow, host])).records[0]!.ttl).to.equal(60);
    expect(server(system([manager({ dnsConfig: {} }), host])).records[0]!.ttl).to.equal(300);
    const alias = { relativeRecordSetName: "my", ttl: 3600, targetResource: { id: PROFILE_ID } };
    const [record] = server(system([manager(), recordSet({ ...alias, recordType: "CNAME" })])).records;
    expect(record).to.include({ name: "my.example.org", ttl: 5 });
  });

  it("sees no check where an endpoint is served whatever its probes say", () => {
    const endpoints = [both[0]!, { ...both[1]!, alwaysServe: "Enabled" }];
    expect(server(system([manager({ endpoints }), host])).records[0]!.check).to.equal(undefined);
  });

  it("leaves out a disabled endpoint, and gives the first priority everything", () => {
    const weights = (changed: Fields) =>
      server(system([manager(changed), host])).records[0]!.targets.map(({ site, weight }) => [site, weight]);
    expect(weights({ endpoints: [both[0]!, { ...both[1]!, endpointStatus: "Disabled" }] })).to.deep.equal([
      ["azure", 1],
    ]);
    const ranked = both.map((endpoint, index) => ({ ...endpoint, priority: 2 - index }));
    expect(weights({ endpoints: ranked, trafficRoutingMethod: "Priority" })).to.deep.equal([
      ["azure", 0],
      ["aachen", 1],
    ]);
  });

  it("says what it can't follow", () => {
    const why = (resources: readonly Resource[]): string =>
      system(resources)
        .unread.map((one) => one.why)
        .join("; ");
    expect(why([manager({ trafficRoutingMethod: "Geographic" }), host])).to.include("Geographic");
    expect(why([manager({ profileStatus: "Disabled" }), host])).to.include("answers nothing");
    expect(why([host])).to.include("no Traffic Manager profile");
    expect(why([manager(), host])).to.equal("");
  });

  it("knows before the first up whose address an endpoint will have", () => {
    const address = resource("azure", "azure-native:network:PublicIPAddress", "zone-address", {});
    const pending: Resource = {
      ...manager({ endpoints: [{ ...both[0]!, target: PENDING }, both[1]!] }),
      propertyDependencies: { endpoints: [address.urn] },
    };
    const alias: Resource = {
      ...recordSet({ recordType: "A", relativeRecordSetName: "@", ttl: 5, targetResource: { id: PENDING } }),
      propertyDependencies: { targetResource: [pending.urn] },
    };
    const [record] = server(system([address, pending, alias], "198.51.100.1")).records;
    expect(record!.targets.map(({ site }) => site)).to.deep.equal(["azure", "aachen"]);
  });
});
