import { expect } from "chai";
import fc from "fast-check";
import { dnsLetsGo } from "../../../policies/rules/dns-lets-go.ts";
import type { StackView } from "../../../policies/rule.ts";
import { observe } from "../../../resilience/observe/index.ts";
import type { AddressRecord } from "../../../resilience/system.ts";
import type { StackResources } from "../../../resilience/resource.ts";
import { happyStacks } from "../happy.ts";
import { change, object } from "../mutation.ts";

const SETTINGS = { seconds: 60 };

describe("policies/rules/dns-lets-go", () => {
  let stack: StackResources;
  let view: StackView;

  before(async function () {
    this.timeout(60_000);
    const found = (await happyStacks("two-sites")).find((one) => one.stack === "aachen");
    if (!found) throw new Error("aachen was not planned");
    stack = found;
    view = { stack, system: observe([stack]) };
  });

  /** The same site, whose public records are others. */
  function withRecord(edit: (record: AddressRecord) => AddressRecord, from = view): StackView {
    const nameServers = from.system.nameServers.map((server) => ({
      ...server,
      records: server.records.map((record) => (record.check ? edit(record) : record)),
    }));
    return { ...from, system: { ...from.system, nameServers } };
  }

  it("S7.5: refuses what takes longer than is allowed, from the checks, their time-out and the TTL together", () => {
    const count = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(count, count, count, count, (interval, failures, timeout, ttl) => {
        const check = { interval, failures, timeout };
        const { findings } = dnsLetsGo.evaluate(
          withRecord((record) => ({ ...record, ttl, check })),
          SETTINGS,
        );
        expect(findings.length > 0).to.equal(interval * failures + timeout + ttl > SETTINGS.seconds);
      }),
    );
  });

  it("R8: refuses a record that nobody checks, however short its TTL", () => {
    const { findings } = dnsLetsGo.evaluate(
      withRecord((record) => ({ ...record, ttl: 1, check: undefined })),
      SETTINGS,
    );
    expect(findings.map(({ message }) => message).join()).to.match(/whether they answer or not/);
  });

  it("S1.1: refuses a record that leads to one site alone, once the other has told of itself", () => {
    const alone = withRecord((record) => ({ ...record, targets: record.targets.slice(0, 1) }));
    expect(
      dnsLetsGo
        .evaluate(alone, SETTINGS)
        .findings.map(({ message }) => message)
        .join(),
    ).to.match(/leads to 192\.0\.2\.10 alone/);
  });

  it("waits for the other site's address before that site has told it: the first up must not be stopped", () => {
    const [untold] = change(object("ConfigMap", "gateway"), ({ data }) => {
      data["wg0.conf"] = String(data["wg0.conf"]).replace(/\[Peer\][^]*$/, "");
    })([stack]);
    if (!untold) throw new Error("no stack is left");
    const alone = withRecord((record) => ({ ...record, targets: record.targets.slice(0, 1) }), {
      stack: untold,
      system: view.system,
    });
    const { findings, pending = [] } = dnsLetsGo.evaluate(alone, SETTINGS);
    expect(findings).to.deep.equal([]);
    expect(pending.join()).to.match(/alone: another site's address joins it/);
  });

  it("looks at no record of a platform that has one site, and expects none", async () => {
    const [azure] = await happyStacks("all-azure");
    if (!azure) throw new Error("azure was not planned");
    const one = { stack: azure, system: observe([azure]) };
    expect(dnsLetsGo.expected?.(one)).to.equal(false);
    expect(dnsLetsGo.evaluate(one, SETTINGS)).to.deep.equal({ evaluated: 0, findings: [] });
    expect(dnsLetsGo.expected?.(view)).to.equal(true);
  });
});
