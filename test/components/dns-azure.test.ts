import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { aliasHosts, profile, recordSets } from "../../components/dns-azure-plan.ts";
import { Dns } from "../../components/dns.ts";
import { zoneFile } from "../../components/dns-zone.ts";
import { InputError } from "../../config/problem.ts";
import { runProgram } from "../../planner/harness.ts";
import type { RecordedResource } from "../../planner/harness.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";
import type { Topology } from "../../topologies/types.ts";
import { aksContext } from "./aks-fixture.ts";
import { at, namesOf, object } from "./declared.ts";
import { contextOf, peerOf } from "./site-fixture.ts";
import type { RecordInput, ServiceInput } from "./site-fixture.ts";

const ADDRESS = "203.0.113.30";
const ZONE = "azure-native:dns:Zone";
const RECORD_SET = "azure-native:dns:RecordSet";
const PROFILE = "azure-native:trafficmanager:Profile";

async function declared(topology: Topology = azurePrimary, keys = true): Promise<readonly RecordedResource[]> {
  const { resources } = await runProgram(() => {
    const tsig = keys ? { tsigSecret: pulumi.output("dHNpZw==") } : {};
    const managed = { resourceGroup: "holdfast-azure" };
    const context = aksContext({}, topology);
    const peers = topology.sites.length > 1 ? [peerOf("aachen")] : [];
    new Dns("dns", { context, peers, publicAddresses: [ADDRESS], managed, ...tsig });
  });
  return resources;
}

const ofType = (resources: readonly RecordedResource[], type: string): readonly RecordedResource[] =>
  resources.filter((resource) => resource.type === type);

function recordSet(resources: readonly RecordedResource[], type: string, name: string): RecordedResource {
  const found = ofType(resources, RECORD_SET).find(
    (one) => at(one, "recordType") === type && at(one, "relativeRecordSetName") === name,
  );
  if (!found) throw new Error(`no record set ${type} ${name}`);
  return found;
}

/** The plan's record sets with other records in the config, `type name` → the rest. */
function configured(records: RecordInput[]): ReadonlyMap<string, unknown> {
  const { platform } = contextOf("azure", { topology: azurePrimary, records });
  const sets = recordSets({ ...aksContext({}, azurePrimary), platform }, [peerOf("aachen")], ADDRESS);
  return new Map(sets.map((set) => [`${set.recordType} ${set.relativeRecordSetName}`, set] as const));
}

describe("components/dns-azure", () => {
  it("answers with both sites, each as often as the other, from one profile [S1.1]", async () => {
    const [found] = ofType(await declared(), PROFILE);
    expect(at(found!, "trafficRoutingMethod")).to.equal("Weighted");
    const endpoints = at(found!, "endpoints") as { target: string; weight: number; type: string }[];
    expect(endpoints.map(({ target, weight }) => [target, weight])).to.deep.equal([
      [ADDRESS, 1000],
      ["192.0.2.10", 1000],
    ]);
    // An alias of type A may lead to no endpoint of another kind.
    expect(new Set(endpoints.map(({ type }) => type.split("/").at(-1)))).to.deep.equal(new Set(["externalEndpoints"]));
  });

  it("shares a site's weight among its addresses", () => {
    const twice = { ...peerOf("aachen"), publicAddresses: ["192.0.2.10", "192.0.2.11"] };
    const { endpoints } = profile(aksContext({}, azurePrimary), [twice], ADDRESS);
    expect((endpoints as { weight: number }[]).map(({ weight }) => weight)).to.deep.equal([1000, 500, 500]);
  });

  it("probes every 10 s and takes a site out at the first failed one, within Traffic Manager's limits", async () => {
    const [found] = ofType(await declared(), PROFILE);
    const monitor = at(found!, "monitorConfig") as Record<string, unknown>;
    expect(monitor).to.include({ protocol: "HTTPS", port: 443, path: "/.holdfast/ping", intervalInSeconds: 10 });
    expect(monitor["toleratedNumberOfFailures"]).to.equal(0);
    expect(monitor["timeoutInSeconds"]).to.be.within(5, 9);
    expect(at(found!, "dnsConfig.ttl")).to.equal(azurePrimary.dns.ttl);
  });

  it("leads every public host to the profile, the domain itself too", async () => {
    const resources = await declared();
    const [found] = ofType(resources, PROFILE);
    for (const name of ["@", "events"]) {
      const set = recordSet(resources, "A", name);
      expect(at(set, "targetResource.id")).to.match(/\/trafficManagerProfiles\/holdfast$/);
      expect(set.propertyDependencies["targetResource"]).to.deep.equal([found!.urn]);
      expect(at(set, "ttl")).to.equal(azurePrimary.dns.ttl);
    }
  });

  it("refuses more hosts than may lead to one profile", () => {
    const service = (host: string): ServiceInput => ({
      name: host.split(".")[0]!,
      image: "example.org/one:1",
      port: 80,
      host,
      probe: { path: "/" },
    });
    const hosts = Array.from({ length: 21 }, (_, index) => `h${index}.example.org`);
    const platform = (count: number) =>
      contextOf("azure", { topology: azurePrimary, services: hosts.slice(0, count).map(service) }).platform;
    expect(aliasHosts(platform(20))).to.have.length(20);
    expect(() => aliasHosts(platform(21))).to.throw(InputError, "at most 20");
  });

  it("has the sites' own hosts, and the way to the challenges, as the other site's zone file has them", async () => {
    const resources = await declared();
    expect(at(recordSet(resources, "A", "ns-azure"), "aRecords")).to.deep.equal([{ ipv4Address: ADDRESS }]);
    expect(at(recordSet(resources, "A", "overlay-aachen"), "aRecords")).to.deep.equal([{ ipv4Address: "192.0.2.10" }]);
    expect(at(recordSet(resources, "NS", "_challenge"), "nsRecords")).to.deep.equal([
      { nsdname: "ns-azure.example.org." },
    ]);
    expect(at(recordSet(resources, "CNAME", "_acme-challenge.events"), "cnameRecord.cname")).to.equal(
      "events.example.org._challenge.example.org.",
    );
  });

  it("keeps PowerDNS at the keyring's site for the challenges alone", async () => {
    const resources = await declared();
    const data = at(object(resources, "ConfigMap", "nameserver"), "data") as Record<string, string>;
    expect(Object.keys(data).sort()).to.deep.equal(["challenge.db", "load.sh", "pdns.conf"]);
    expect(data["load.sh"]).to.include("load-zone _challenge.example.org").and.not.include("zone.db");
    expect(namesOf(await declared(azurePrimary, false))).to.deep.equal([]);
  });

  it("makes one record set of the config's records with one name and type", () => {
    const sets = configured([
      { name: "example.org", type: "MX", value: "10 mail.example.net" },
      { name: "example.org", type: "MX", value: "20 mail2.example.net.", ttlSeconds: 60 },
      { name: "example.org", type: "CAA", value: '0 issue "letsencrypt.org"' },
      { name: "_sip._tcp.example.org", type: "SRV", value: "10 5 5060 sip.example.net" },
      { name: "example.org", type: "TXT", value: "x".repeat(300) },
    ]);
    expect(sets.get("MX @")).to.include({ ttl: 60 });
    expect(sets.get("MX @")).to.have.deep.property("mxRecords", [
      { preference: 10, exchange: "mail.example.net" },
      { preference: 20, exchange: "mail2.example.net." },
    ]);
    expect(sets.get("CAA @")).to.have.deep.property("caaRecords", [
      { flags: 0, tag: "issue", value: "letsencrypt.org" },
    ]);
    expect(sets.get("SRV _sip._tcp")).to.have.deep.property("srvRecords", [
      { priority: 10, weight: 5, port: 5060, target: "sip.example.net" },
    ]);
    expect(sets.get("TXT @")).to.have.deep.property("txtRecords", [{ value: ["x".repeat(255), "x".repeat(45)] }]);
  });

  it("is one of two authorities: the other site's zone lists Azure's servers and its own", async () => {
    const [zone] = ofType(await declared(), ZONE);
    expect(at(zone!, "zoneName")).to.equal("example.org");
    const azure = { ...peerOf("azure"), authorities: ["ns1-07.azure-dns.com", "ns2-07.azure-dns.net"] };
    const lines = zoneFile(contextOf("aachen", { topology: azurePrimary }), ["192.0.2.10"], [azure]).split("\n");
    expect(lines.filter((line) => / IN NS /.test(line) && line.startsWith("@"))).to.deep.equal([
      "@ 3600 IN NS ns1-07.azure-dns.com.",
      "@ 3600 IN NS ns2-07.azure-dns.net.",
      "@ 3600 IN NS ns-aachen.example.org.",
    ]);
  });
});
