import { expect } from "chai";
import { existsSync } from "node:fs";
import { platformServices, serviceContents } from "../../../../lab/platform/contents.ts";

describe("what an image of a service holds", () => {
  for (const service of platformServices) {
    it(`${service}: its sources, its driver with all that this needs, and a command that names it`, () => {
      const { copies, command, texts } = serviceContents(service, process.cwd());
      expect([...copies.values()].filter((path) => !existsSync(path))).to.deep.equal([]);
      expect(command.at(-1)).to.equal(service);
      expect(copies.has(command[1] ?? "")).to.equal(true);
      expect([...texts.keys()]).to.deep.equal(["/usr/app/platform/package.json"]);
      const packages = [...copies.keys()].filter((path) => path.includes("/node_modules/"));
      const has = (name: string): boolean => packages.includes(`/usr/app/platform/node_modules/${name}`);
      expect(has("pg") && has("pg-protocol")).to.equal(service === "core" || service === "events");
      expect(has("mongodb") && has("bson")).to.equal(service === "alastair");
    });
  }
});
