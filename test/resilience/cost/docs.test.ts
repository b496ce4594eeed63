import { expect } from "chai";
import { readFileSync } from "node:fs";
import { ITEM_KINDS } from "../../../resilience/cost/items.ts";

describe("docs/costs.md", () => {
  it("lists every item of the price table, and no other", () => {
    const listed = readFileSync("docs/costs.md", "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(listed).to.deep.equal(
      ITEM_KINDS.map(({ key, unit, what, lookUp }) => [`\`${key}\``, unit, what, `\`${lookUp}\``]),
    );
  });
});
