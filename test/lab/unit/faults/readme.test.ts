import { expect } from "chai";
import { readFileSync } from "node:fs";
import { readmeWithDrills } from "../../../../lab/faults/readme.ts";

describe("the README's table of drills", () => {
  it("is that of the results under docs/drills (npm run docs:drills)", () => {
    const readme = readFileSync("README.md", "utf8");
    expect(readme).to.equal(readmeWithDrills(readme));
    expect(readme).to.match(/\| D4 PostgreSQL's primary killed \| `process:postgres@aachen` \|/);
  });

  it("needs its place", () => {
    expect(() => readmeWithDrills("# nothing")).to.throw("no place");
  });
});
