import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { recipesOf } from "../../../../lab/images/images.ts";

describe("the images of the plan", () => {
  const root = join(__dirname, "../../../..");
  const namesIn = (file: string, pattern: RegExp): readonly string[] =>
    [...readFileSync(join(root, file), "utf8").matchAll(pattern)].map(([, name]) => name ?? "");

  it("each have a recipe: those of the platform's parts, and those of its services", () => {
    const parts = namesIn("components/images.ts", /^ {2}\w+: "([^"]+:[^"]+)",$/gm);
    const services = namesIn("Pulumi.yaml", /^ +image: (\S+)$/gm);
    expect(parts).to.have.length.at.least(11);
    expect(services).to.have.length.at.least(4);
    expect(recipesOf([...parts, ...services]).size).to.equal(parts.length + services.length);
  });
});
