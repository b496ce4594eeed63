import { expect } from "chai";
import { InputError } from "../../../../config/problem.ts";
import { commandOf, loadOf, openOut, thisMachine, writeDrills } from "../../../../lab/drill/output.ts";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDrillFile } from "../../../../lab/result/schema.ts";
import { drill } from "../../../../planner/commands/drill.ts";
import type { DrillOptions } from "../../../../planner/commands/drill.ts";
import { file } from "../result/example.ts";

/** Nothing is brought up: what is asked for is looked at first. */
async function refused(topology: string | undefined, options: Partial<DrillOptions>): Promise<Error> {
  const all = {
    project: ".",
    out: "/nowhere",
    json: false,
    short: false,
    servers: "1",
    runs: "1",
    add: false,
    ...options,
  };
  return await drill(topology, all).then(
    () => new Error("it was taken"),
    (error: unknown) => error as Error,
  );
}

describe("holdfast drill", () => {
  it("refuses what it is given before it brings anything up, in one clear error", async () => {
    for (const [error, words] of [
      [await refused("nosuch", {}), "nosuch"],
      [await refused("master-slave", { only: "D99,D98" }), "2 faults"],
      [await refused(undefined, { runs: "0" }), "--runs"],
      [await refused(undefined, { runs: "two" }), "--runs"],
      [await refused(undefined, { servers: "0" }), "--servers"],
    ] as const) {
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.contain(words);
    }
  });

  describe("what it writes", () => {
    const folder = mkdtempSync(join(tmpdir(), "drill-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("is the result, a page with a row for each planned drill, and a picture for each that was run", () => {
      const planned = [
        ...file.drills.map(({ id, title, fault }) => ({ id, title, fault })),
        { id: "D7", title: "Planned switchover", fault: "planned switchover" },
      ];
      openOut(folder);
      writeDrills(folder, planned, file);
      expect(readdirSync(folder).sort()).to.deep.equal(["README.md", "d4-process-postgres-aachen.svg", "drill.json"]);
      expect(readDrillFile(JSON.parse(readFileSync(join(folder, "drill.json"), "utf8")))).to.deep.equal(file);
      expect(readFileSync(join(folder, "README.md"), "utf8")).to.match(/D7 Planned switchover .*not measured/);
    });

    it("tells the command without the folder that it was given", () => {
      const words = ["drill", "--out", "/home/me/x", "--runs", "3", "--out=y"];
      expect(commandOf(words)).to.equal("holdfast drill --runs 3");
    });

    it("goes nowhere where a file stands", () => {
      const taken = join(folder, "taken");
      writeFileSync(taken, "");
      expect(() => openOut(taken)).to.throw(InputError, /--out/);
    });

    it("tells the machine, and the mean of what was carried", () => {
      expect(thisMachine().cores).to.be.at.least(1);
      const one = { seconds: 10, attempted: 60, inTime: 60, answered: 58, succeeded: 57 };
      expect(loadOf(69, [one, { ...one, succeeded: 58 }])).to.deep.equal({
        ...{ asked: 69, attempted: 60, inTime: 60, answered: 58, succeeded: 57.5 },
      });
      expect(loadOf(69, [])).to.include({ asked: 69, attempted: 0 });
    });
  });
});
