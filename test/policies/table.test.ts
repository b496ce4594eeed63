import { readFileSync } from "node:fs";
import { expect } from "chai";
import { rules } from "../../policies/rules/index.ts";
import { policyTable } from "../../policies/table.ts";

describe("policies/table", () => {
  it("is what docs/policies.md holds (npm run docs:policies)", () => {
    expect(readFileSync("docs/policies.md", "utf8")).to.equal(policyTable());
  });

  it("has a row for each rule, and one for each setting", () => {
    const lines = policyTable().split("\n");
    for (const { name, settings = {} } of rules)
      expect(lines.filter((line) => line.startsWith(`| \`${name}\` |`)).length, name).to.equal(
        1 + Object.keys(settings).length,
      );
  });
});
