import { expect } from "chai";
import type { z } from "zod";
import { hostClashes, platformHosts, recordChecks } from "../../config/record-checks.ts";
import { recordSchema } from "../../config/record-schema.ts";
import { contextOf } from "../components/site-fixture.ts";

type RecordInput = z.input<typeof recordSchema>;

const record = (type: RecordInput["type"], value: string, name = "x.example.org", ttlSeconds = 3600): RecordInput => ({
  name,
  type,
  value,
  ttlSeconds,
});

function zoneOf(records: readonly RecordInput[]) {
  const { platform, facts } = contextOf("aachen");
  return { zone: { ...platform, records: records.map((each) => recordSchema.parse(each)) }, facts };
}

function offenders(...records: RecordInput[]): string[] {
  const { zone, facts } = zoneOf(records);
  return recordChecks(zone, platformHosts(facts)).map(({ offender }) => offender.replace("holdfast:records", ""));
}

describe("config/record-checks", () => {
  const good: readonly [RecordInput["type"], string][] = [
    ["A", "192.0.2.1"],
    ["AAAA", "2001:db8::1"],
    ["CNAME", "www.example.net"],
    ["MX", "10 mail.example.net."],
    ["MX", "0 ."],
    ["TXT", 'v=spf1 -all; "quoted" \\'],
    ["TXT", ""],
    ["CAA", '0 issue "letsencrypt.org; validationmethods=dns-01"'.replace("; ", ";")],
    ["CAA", '128 iodef "mailto:admin@example.org"'],
    ["SRV", "10 65535 5060 sip.example.net"],
  ];
  for (const [type, value] of good) {
    it(`takes ${type} ${value}`, () => {
      expect(recordSchema.safeParse({ name: "x.example.org", type, value }).success).to.equal(true);
      expect(offenders(record(type, value))).to.deep.equal([]);
    });
  }

  const bad: readonly [RecordInput["type"], string][] = [
    ["A", "192.0.2.300"],
    ["A", "2001:db8::1"],
    ["AAAA", "192.0.2.1"],
    ["CNAME", "www"],
    ["CNAME", "a.example.net. 60 IN A 192.0.2.1"],
    ["MX", "mail.example.net"],
    ["MX", "65536 mail.example.net"],
    ["TXT", "two\nlines"],
    ["TXT", "naïve"],
    ["TXT", "x".repeat(65_280)],
    ["CAA", "0 issue letsencrypt.org"],
    ["CAA", '1 issue "letsencrypt.org"'],
    ["SRV", "10 5 sip.example.net"],
  ];
  for (const [type, value] of bad) {
    it(`refuses ${type} ${JSON.stringify(value.slice(0, 40))}, and says what it wants`, () => {
      const result = recordSchema.safeParse({ name: "x.example.org", type, value });
      expect(result.error?.issues.map(({ path }) => path)).to.deep.equal([["value"]]);
    });
  }

  it("refuses names that PowerDNS or the analysis does not read, and times out of range", () => {
    const parse = (change: Partial<RecordInput>) =>
      recordSchema.safeParse({ ...record("A", "192.0.2.1"), ...change }).success;
    expect(parse({ name: "_sip._tcp.example.org" })).to.equal(true);
    for (const name of ["*.example.org", "@", "x", "X.example.org", "x.example.org.", `${"x".repeat(64)}.example.org`])
      expect(parse({ name }), name).to.equal(false);
    expect(parse({ ttlSeconds: -1 })).to.equal(false);
    expect(parse({ ttlSeconds: 2 ** 31 })).to.equal(false);
  });

  it("refuses a name of another zone", () => {
    expect(offenders(record("A", "192.0.2.1", "x.example.com"))).to.deep.equal(["[0].name"]);
    expect(offenders(record("A", "192.0.2.1", "badexample.org"))).to.deep.equal(["[0].name"]);
  });

  it("refuses addresses of names that Holdfast serves, but lets mail and texts stand there", () => {
    for (const name of ["example.org", "events.example.org", "ns-aachen.example.org", "overlay-aachen.example.org"]) {
      expect(offenders(record("A", "192.0.2.1", name)), name).to.deep.equal(["[0].name"]);
      expect(offenders(record("AAAA", "2001:db8::1", name)), name).to.deep.equal(["[0].name"]);
      expect(offenders(record("MX", "10 mail.example.org", name), record("TXT", "x", name)), name).to.deep.equal([]);
    }
    expect(offenders(record("CNAME", "x.example.net", "events.example.org"))).to.deep.equal(["[0].name"]);
  });

  it("refuses the names of another site's hosts once that site has told them", () => {
    const { zone } = zoneOf([record("A", "192.0.2.1", "ns-titan.example.org")]);
    const peer = { nameServer: "ns-titan.example.org", overlayEndpoint: "overlay-titan.example.org:51820" };
    expect(hostClashes(zone, platformHosts(peer))).to.have.length(1);
    expect(hostClashes(zone, platformHosts({}))).to.deep.equal([]);
  });

  it("refuses what the certificates' challenges use", () => {
    expect(offenders(record("TXT", "x", "_acme-challenge.events.example.org"))).to.deep.equal(["[0].name"]);
    expect(offenders(record("TXT", "x", "a._challenge.example.org"))).to.deep.equal(["[0].name"]);
    expect(offenders(record("TXT", "x", "_acme-challenge.mail.example.org"))).to.deep.equal([]);
  });

  it("refuses an alias at the zone itself or beside anything", () => {
    expect(offenders(record("CNAME", "x.example.net", "example.org"))).to.deep.equal(["[0].type", "[0].name"]);
    expect(offenders(record("CNAME", "y.example.net"), record("TXT", "x"))).to.deep.equal(["[1].type"]);
    expect(offenders(record("TXT", "x"), record("CNAME", "y.example.net"))).to.deep.equal(["[1].type"]);
  });

  it("refuses a record twice, and two times for one set of records", () => {
    expect(offenders(record("MX", "10 a.example.net"), record("MX", "10 a.example.net."))).to.deep.equal(["[1].value"]);
    expect(offenders(record("A", "192.0.2.1"), record("A", "192.0.2.2", undefined, 60))).to.deep.equal([
      "[1].ttlSeconds",
    ]);
    expect(offenders(record("A", "192.0.2.1"), record("TXT", "x", undefined, 60))).to.deep.equal([]);
  });

  it("refuses CAA records that shut out who issues the platform's certificates", () => {
    const caa = (issuer: string, name = "example.org") => record("CAA", `0 issue "${issuer}"`, name);
    expect(offenders(caa("ca.example.net"))).to.deep.equal(["[0].value"]);
    expect(offenders(caa("ca.example.net"), caa("letsencrypt.org"))).to.deep.equal([]);
    expect(offenders(caa("letsencrypt.org"), caa("", "events.example.org"))).to.deep.equal(["[1].value"]);
    expect(offenders(caa("ca.example.net", "mail.example.org"))).to.deep.equal([]);
    expect(offenders(record("CAA", '0 iodef "mailto:a@example.org"', "example.org"))).to.deep.equal([]);
  });
});
