import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { changesOf as changesBetween, isUnchanged } from "../../../planner/changes/changes.ts";
import type { Changes } from "../../../planner/changes/changes.ts";
import { readOutcomes } from "../../../planner/changes/document.ts";
import type { OutcomesDocument } from "../../../planner/changes/document.ts";
import { changesText } from "../../../planner/changes/text.ts";
import { judge } from "../../../planner/judge.ts";
import { outcomesFile } from "../../../planner/outcomes-file.ts";
import type { StackResources } from "../../../resilience/resource.ts";
import { edited, plannedStacks } from "../../resilience/observe/planned.ts";

function documentOf(stacks: readonly StackResources[]): OutcomesDocument {
  const origin = {
    topology: null,
    stacks: stacks.map(({ stack, origin: file }) => ({ stack, origin: file, notes: [] })),
  };
  return readOutcomes(JSON.parse(JSON.stringify(outcomesFile(origin, judge(stacks), []))), "a test");
}

const describes = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  JSON.parse(readFileSync("docs/changes.schema.json", "utf8")) as object,
);

/** Every comparison of these tests, as `check --base --json` would write it, must be as its JSON schema says. */
function changesOf(before: OutcomesDocument, after: OutcomesDocument): Changes {
  const changes = changesBetween(before, after);
  const written: unknown = JSON.parse(JSON.stringify(changes));
  expect(describes(written), JSON.stringify(describes.errors, null, 1)).to.equal(true);
  return changes;
}

describe("what changed since the base", function () {
  this.timeout(120_000);
  let stacks: readonly StackResources[] = [];
  let base: OutcomesDocument;

  const changed = (after: readonly StackResources[]): Changes => changesOf(base, documentOf(after));
  const verdict = ({ promises, claims }: Changes, id: string) => [...promises, ...claims].find((one) => one.id === id);
  const come = (change: { reasons: { come: readonly { text: string; urns: readonly string[] }[] } } | undefined) =>
    (change?.reasons.come ?? []).map(({ text }) => text).join("\n");

  before(async () => {
    stacks = await plannedStacks();
    base = documentOf(stacks);
  });

  it("is nothing where nothing was edited, said in one line", () => {
    const changes = changed(stacks);
    expect(isUnchanged(changes)).to.equal(true);
    expect(changesText(changes).split("\n")).to.have.length(1);
  });

  it("is nothing where a resource changes that no outcome depends on", () => {
    const after = edited(stacks, "aachen", "ConfigMap", "mongo-config", (inputs) => {
      inputs["metadata"].annotations = { note: "said in other words" };
    });
    expect(isUnchanged(changed(after))).to.equal(true);
  });

  it("names the claim that a backup on the protected array refutes, the fact that came, and its resource", () => {
    const after = edited(stacks, "aachen", "Zone", "zone", (inputs) => (inputs["backupStore"].array = "data"));
    const changes = changed(after);
    const claim = verdict(changes, "C5");
    expect(claim).to.include({ before: "confirmed", after: "refuted" });
    expect(come(claim)).to.match(/backup-aachen lay on array data/);
    const fact = claim?.reasons.come.find(({ text }) => text.includes("lay on array data"));
    expect(fact?.urns.join()).to.match(/platform:Zone::zone/);
    const fault = changes.faults.find(({ fault: name }) => name === "disk:aachen/data:3");
    expect(fault?.kind).to.equal("changed");
    expect(fault?.aspects.map(({ name }) => name)).to.include("lost of uploads:core-media@aachen");
    expect(changesText(changes)).to.match(/C5 +confirmed +refuted/);
  });

  it("tells the same backwards as mended", () => {
    const broken = edited(stacks, "aachen", "Zone", "zone", (inputs) => (inputs["backupStore"].array = "data"));
    const changes = changesOf(documentOf(broken), base);
    expect(verdict(changes, "C5")).to.include({ before: "refuted", after: "confirmed" });
  });

  it("names the faults after which a promise is judged otherwise, with the new reason", () => {
    const after = edited(stacks, "titan", "Cluster", "pg-titan", (inputs) => (inputs["spec"].replica.enabled = false));
    const changes = changed(after);
    const link = changes.faults.find(({ fault }) => fault === "link:aachen-titan");
    expect(link?.aspects).to.deep.include({ name: "split brain", before: "no", after: "yes" });
    for (const { faults, before, after: now } of changes.promises) {
      expect(before !== now || faults.length > 0).to.equal(true);
      for (const fault of faults) expect(fault.why).to.not.equal("");
    }
    expect(changes.promises).to.not.have.length(0);
  });

  it("tells faults that came into being and that no longer exist", () => {
    const fewer = stacks.map((stack) =>
      stack.stack === "titan"
        ? { ...stack, resources: stack.resources.filter(({ urn }) => !urn.includes("service-events")) }
        : stack,
    );
    const gone = changed(fewer).faults.filter(({ kind }) => kind === "vanished");
    const come = changesOf(documentOf(fewer), base).faults.filter(({ kind }) => kind === "new");
    expect(gone.map(({ fault }) => fault)).to.include("process:events@titan");
    expect(come.map(({ fault }) => fault)).to.deep.equal(gone.map(({ fault }) => fault));
  });

  it("says which stack only one of the two sides has", () => {
    const changes = changed(stacks.filter(({ stack }) => stack === "aachen"));
    expect(changes.stacks).to.deep.equal({ gone: ["titan"], come: [] });
  });

  describe("of policies and cost", () => {
    const finding = (policy: string) => ({
      policy,
      level: "mandatory",
      stack: "aachen",
      urn: null,
      message: `${policy} is broken`,
    });
    const line = (what: string, monthly: number | null) => ({ site: "aachen", what, item: "server", monthly });
    const cost = (monthly: number, ...lines: ReturnType<typeof line>[]) => ({
      currency: "EUR",
      monthly,
      lines,
      unknown: [],
    });

    it("tells violations that came and that went", () => {
      const changes = changesOf(
        { ...base, policies: { kept: false, findings: [finding("pinned-images"), finding("spread")] } },
        { ...base, policies: { kept: false, findings: [finding("spread"), finding("probes")] } },
      );
      expect(changes.policies?.violated.map(({ policy }) => policy)).to.deep.equal(["probes"]);
      expect(changes.policies?.mended.map(({ policy }) => policy)).to.deep.equal(["pinned-images"]);
    });

    it("counts a mandatory policy that is violated as not kept, as the exit code does", () => {
      const kept = { ...base, kept: true };
      const { kept: judged } = changesOf(
        { ...kept, policies: { kept: true, findings: [] } },
        { ...kept, policies: { kept: false, findings: [finding("probes")] } },
      );
      expect(judged).to.deep.equal({ before: true, after: false });
    });

    it("tells what became dearer, what came and what went, and sums", () => {
      const changes = changesOf(
        { ...base, cost: cost(30, line("disk", 10), line("server", 20), line("address", null)) },
        { ...base, cost: cost(39, line("disk", 14), line("disk", 5), line("nodes", 20), line("address", null)) },
      );
      expect(changes.cost).to.include({ currency: "EUR", before: 30, after: 39 });
      expect(changes.cost?.lines).to.have.deep.members([
        { site: "aachen", what: "disk", before: 10, after: 19 },
        { site: "aachen", what: "nodes", before: null, after: 20 },
        { site: "aachen", what: "server", before: 20, after: null },
      ]);
      expect(changesText(changes)).to.contain("30.00 → 39.00 EUR per month (+9.00)");
    });

    it("says what can't be compared instead of calling it unchanged", () => {
      const other = { ...cost(1, line("disk", 1)), currency: "USD" };
      const unjudged = { ...base, policies: null };
      const euros = { ...unjudged, cost: cost(1, line("disk", 1)) };
      const changes = changesOf(euros, { ...base, cost: other, policies: { kept: true, findings: [] } });
      expect(changes.cost).to.equal(null);
      expect(changes.policies).to.equal(null);
      expect(changes.uncompared.join("\n"))
        .to.match(/not judged for the base/)
        .and.match(/in EUR.*in USD/);
      expect(changesText(changes)).to.match(/in EUR.*in USD/);
    });
  });

  describe("from a file of outcomes", () => {
    it("takes one platform, bare or in the list that --json prints", () => {
      expect(readOutcomes(JSON.parse(JSON.stringify(base)), "f")).to.deep.equal(base);
      expect(readOutcomes({ topologies: [base] }, "f")).to.deep.equal(base);
    });

    for (const [what, value] of [
      ["two platforms", { topologies: [{}, {}] }],
      ["another version", { version: 99, outcomes: [] }],
      ["no list", { topologies: {} }],
    ] as const)
      it(`refuses ${what}, naming the file`, () => {
        expect(() => readOutcomes(value, "base.json"))
          .to.throw(/base\.json/)
          .with.property("name", "InputError");
      });
  });
});
