import { expect } from "chai";
import { judgeAll } from "../../policies/judge-all.ts";
import { rules } from "../../policies/rules/index.ts";
import type { StackResources } from "../../resilience/resource.ts";
import { happyStacks } from "./happy.ts";
import type { Happy } from "./mutation.ts";
import { mutations } from "./mutations/index.ts";

/** `policy: message`, for a failure that can be read. */
function violations(stacks: readonly StackResources[]): readonly string[] {
  return judgeAll(rules, stacks).flatMap(({ rule, findings }) =>
    findings.map(({ message, urn }) => `${rule.name}: ${message} (${urn ?? "stack"})`),
  );
}

describe("policies/rules", () => {
  it("have names of their own, and say what, why and how", () => {
    expect(new Set(rules.map(({ name }) => name)).size).to.equal(rules.length);
    for (const { name, what, why, fix, ids } of rules) {
      expect(name).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const sentence of [what, why, fix]) expect(sentence, name).to.match(/^[A-Z].*\.$/s);
      expect(ids, name).to.not.be.empty;
      for (const id of ids) expect(id, name).to.match(/^(R\d|S\d\.\d+|N\d|C\d)$/);
    }
  });

  it("each has a mutation that breaks it", () => {
    const broken = new Set(mutations.map(({ rule }) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !broken.has(name))).to.be.empty;
    const known = rules.map(({ name }) => name);
    expect([...broken].filter((name) => !known.includes(name))).to.be.empty;
  });

  for (const name of ["two-sites", "all-azure"] as const)
    it(`none is broken by a good platform: ${name}`, async () => {
      expect(violations(await happyStacks(name))).to.deep.equal([]);
    });

  /** What may be missing altogether, and why. */
  const MAY_BE_MISSING: Readonly<Record<Happy, Readonly<Record<string, string>>>> = {
    "two-sites": {
      "backups-private": "backups lie in no provider's account",
      "zone-redundant-cluster": "the sites run on servers of their own",
      "zone-redundant-storage": "the sites run on servers of their own",
      "read-only-routes": "no service says that it writes",
    },
    "all-azure": {
      "dns-lets-go": "there is no other site to lead to",
      "encrypted-between-sites": "there is no other site to speak with",
      "read-only-routes": "there is no standby",
    },
  };

  for (const name of ["two-sites", "all-azure"] as const)
    it(`all that have a subject miss it where a site declares nothing but itself: ${name}`, async () => {
      const bare = (await happyStacks(name)).map((stack) => ({
        ...stack,
        resources: stack.resources.filter(({ type }) => type === "holdfast:platform:Zone"),
      }));
      const silent = rules.filter((rule) => judgeAll([rule], bare).every(({ findings }) => findings.length === 0));
      expect(silent.map((rule) => rule.name).sort()).to.deep.equal(Object.keys(MAY_BE_MISSING[name]).sort());
    });

  for (const { rule, what, says, from = "two-sites", change } of mutations) {
    it(`${rule} fails on its mutation and on nothing else: ${what}`, async () => {
      const found = violations(change(await happyStacks(from)));
      expect(found.join("\n")).to.match(says);
      expect(found.filter((text) => !text.startsWith(`${rule}: `))).to.deep.equal([]);
    });
  }
});
