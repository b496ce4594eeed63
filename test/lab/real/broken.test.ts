import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readDrillFile } from "../../../lab/result/schema.ts";
import type { Drill } from "../../../lab/result/schema.ts";

const PROJECT = join(__dirname, "..", "..", "..");
const MINUTES = 60_000;

/** A change of one file of the project, as a person would make it. */
interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A copy of the project, changed, and what the command measures there. */
function drilled(edits: readonly Edit[], fault: string): Drill {
  const copy = mkdtempSync(join(tmpdir(), "broken-"));
  try {
    const files = execFileSync("git", ["ls-files", "-z"], { cwd: PROJECT, encoding: "utf8" })
      .split("\0")
      .filter(Boolean);
    for (const file of files) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(PROJECT, file), join(copy, file));
    }
    symlinkSync(join(PROJECT, "node_modules"), join(copy, "node_modules"));
    for (const { file, from, to } of edits) {
      const text = readFileSync(join(copy, file), "utf8");
      expect(text.split(from), `${file} has ${JSON.stringify(from)} once`).to.have.length(2);
      writeFileSync(
        join(copy, file),
        text.replace(from, () => to),
      );
    }
    const words = [
      "bin/holdfast.js",
      "drill",
      "master-slave",
      "--only",
      fault,
      "--json",
      "--out",
      join(copy, "out-drill"),
    ];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { cwd: copy, encoding: "utf8" });
    expect(status, stderr.split("\n").slice(-20).join("\n")).to.equal(0);
    const found = readDrillFile(JSON.parse(stdout)).drills.find((one) => one.fault === fault);
    if (found === undefined) throw new Error(`the result does not tell of ${fault}`);
    return found;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const unservedAt = ({ prediction }: Drill, site: string) =>
  prediction?.sites.find((one) => one.site === site)?.unserved;
const whatOf = ({ figures }: Drill): string => figures.map(({ what }) => what).join("\n");

/** Each drill holds what clients saw against its prediction by itself (exit code 0): a change that moved one alone fails. */
describe("a plan that is broken on purpose", function () {
  this.timeout(15 * MINUTES);
  const LINK = "link:aachen-titan";

  it("with MongoDB's arbiter at Titan, loses Aachen's writes when the link is cut, as it then says", () => {
    const file = "topologies/master-slave.ts";
    const drill = drilled(
      [
        { file, from: "primary: { data: 1, arbiters: 1,", to: "primary: { data: 1, arbiters: 0," },
        { file, from: "standby: { data: 1, arbiters: 0,", to: "standby: { data: 1, arbiters: 1," },
      ],
      LINK,
    );
    expect(unservedAt(drill, "aachen")?.writes).to.deep.equal(["alastair"]);
    expect(whatOf(drill)).to.contain("writes sent to aachen for core,");
    expect(drill.notes.join("\n")).to.match(/writes sent to aachen, predicted partial: alastair \d+ of \d+ answered/);
  });

  it("with POST taken for a read at each site, has no writes at Titan even when nothing else is wrong", () => {
    const file = "topologies/master-slave.ts";
    const drill = drilled(
      [
        {
          file,
          from: 'readMethods: ["GET", "HEAD", "OPTIONS"]',
          to: 'readMethods: ["GET", "HEAD", "OPTIONS", "POST"]',
        },
      ],
      LINK,
    );
    expect(unservedAt(drill, "titan")?.writes).to.include("core");
    expect(drill.verdict).to.equal("as predicted");
  });

  it("with its backups on the array that they protect, loses them with it: only Titan's copy is left", () => {
    const fault = "disk:aachen/data:3";
    const drill = drilled(
      [{ file: "Pulumi.aachen.yaml", from: "      array: backup\n", to: "      array: data\n" }],
      fault,
    );
    expect(drill.prediction?.dataLoss.find(({ subject }) => subject === "postgres")?.seconds).to.be.greaterThan(86_400);
    expect(drill.notes.join("\n")).to.match(/postgres is brought back from .*titan/);
  });
});
