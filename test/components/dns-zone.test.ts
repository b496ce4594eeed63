import { expect } from "chai";
import fc from "fast-check";
import type { Peer, SiteContext } from "../../components/context.ts";
import * as config from "../../components/dns-config.ts";
import * as zones from "../../components/dns-zone.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { expectSnapshot } from "./snapshot.ts";
import { absentPeer, addressesOf, contextOf, peerOf } from "./site-fixture.ts";
import type { RecordInput } from "./site-fixture.ts";

const dnsFiles = (context: SiteContext, peers: readonly Peer[], withKey: boolean) =>
  config.dnsFiles(context, addressesOf(context), peers, {
    domain: true,
    challenges: withKey && zones.holdsChallenges(context),
  });
const zoneFile = (context: SiteContext, peers: readonly Peer[]) => zones.zoneFile(context, addressesOf(context), peers);
const serialOf = (zone: string): number => Number(/ SOA \S+ \S+ (\d+) /.exec(zone)![1]);
const isStatic = { ...masterSlave, dns: { ...masterSlave.dns, mode: "static" } } as const;

describe("components/dns-zone [S1.1]", () => {
  for (const [site, other] of [
    ["aachen", "titan"],
    ["titan", "aachen"],
  ] as const) {
    it(`serves at ${site} the zone and settings that were reviewed`, () => {
      const files = dnsFiles(contextOf(site), [peerOf(other)], true);
      for (const [name, text] of Object.entries(files)) expectSnapshot(`dns-${site}-${name}`, text);
    });
  }

  it("holds the config's own records as they were reviewed, and another serial", () => {
    const records: RecordInput[] = [
      { name: "example.org", type: "MX", value: "10 mail.example.org" },
      { name: "example.org", type: "TXT", value: 'v=spf1 mx -all; "quoted" \\' },
      { name: "dkim._domainkey.example.org", type: "TXT", value: `p=${"k".repeat(300)}` },
      { name: "mail.example.org", type: "A", value: "192.0.2.77", ttlSeconds: 600 },
      { name: "mail.example.org", type: "AAAA", value: "2001:db8::77", ttlSeconds: 600 },
      { name: "www.example.org", type: "CNAME", value: "example.org." },
      { name: "example.org", type: "CAA", value: '0 issue "letsencrypt.org"' },
      { name: "_sip._tcp.example.org", type: "SRV", value: "10 5 5060 sip.example.net" },
    ];
    const zone = zoneFile(contextOf("aachen", { records }), [peerOf("titan")]);
    expectSnapshot("dns-records-zone.db", zone);
    expect(serialOf(zone)).to.not.equal(serialOf(zoneFile(contextOf("aachen"), [peerOf("titan")])));
  });

  it("is a plain list of addresses where the topology asks for no checks", () => {
    const zone = zoneFile(contextOf("aachen", { topology: isStatic }), [peerOf("titan")]);
    expect(zone).to.not.include("LUA");
    expect(zone).to.include("example.org. 5 IN A 192.0.2.10\n").and.include("example.org. 5 IN A 198.51.100.20\n");
  });

  it("leaves out a site that was never brought up, as address and as name server", () => {
    const zone = zoneFile(contextOf("aachen"), [absentPeer("titan")]);
    expect(zone).to.include("192.0.2.10").and.not.include("titan");
  });

  it("aliases no challenge while the name server that holds them is unknown", () => {
    const zone = zoneFile(contextOf("titan"), [absentPeer("aachen")]);
    expect(zone).to.not.include("_acme-challenge").and.not.include("_challenge");
  });

  it("holds the challenge zone at the keyring's site alone, also after a switchover, and only with its key", () => {
    const held = (site: string, active: string, withKey: boolean): boolean =>
      "challenge.db" in dnsFiles(contextOf(site, { active }), [], withKey);
    expect(held("aachen", "aachen", true)).to.equal(true);
    expect(held("aachen", "titan", true)).to.equal(true);
    expect(held("titan", "titan", true)).to.equal(false);
    expect(held("aachen", "aachen", false)).to.equal(false);
  });

  it("checks its own single address from inside, and each of several by itself", () => {
    const single = zoneFile(contextOf("aachen"), []);
    expect(single).to.include("['192.0.2.10']='https://proxy.platform.svc.cluster.local/.holdfast/ping'");
    const several = zoneFile(contextOf("aachen", { publicAddresses: ["192.0.2.10", "192.0.2.11"] }), []);
    expect(several)
      .to.include("['192.0.2.11']='https://192.0.2.11/.holdfast/ping'")
      .and.not.include("svc.cluster.local");
  });

  it("keeps a check in one string, because PowerDNS puts a blank between several", () => {
    const publicAddresses = Array.from({ length: 20 }, (_, index) => `192.0.2.${index + 1}`);
    for (const line of zoneFile(contextOf("aachen", { publicAddresses }), []).split("\n")) {
      expect(line.split('"').length, line).to.be.oneOf([1, 3]);
    }
  });

  it("gives the zone another serial when its content changes, and the same when it does not", () => {
    const address = fc.ipV4();
    fc.assert(
      fc.property(address, address, (one, two) => {
        const serial = (addresses: string): number =>
          serialOf(zoneFile(contextOf("aachen", { publicAddresses: [addresses] }), [peerOf("titan")]));
        expect(serial(one) === serial(two)).to.equal(one === two);
        expect(serial(one)).to.be.within(0, 2 ** 31 - 1);
      }),
    );
  });
});
