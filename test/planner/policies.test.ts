import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { policyText } from "../../planner/policy-text.ts";
import type { PolicyReport } from "../../planner/policy-report.ts";

const PROJECT = resolve(__dirname, "../..");
const STACK = join(PROJECT, "test/policies/bad-stack.json");

function check(args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const program = join(PROJECT, "bin/holdfast.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "check", STACK, ...args], {
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

describe("policies on the command line", function () {
  this.timeout(120_000);
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "holdfast-"))));
  after(() => rmSync(folder, { recursive: true }));

  const config = (content: string): string => {
    const file = join(folder, "policies.json");
    writeFileSync(file, content);
    return file;
  };

  it("prints violations under their policy, with what to do, and exits with 1", () => {
    const { code, stdout } = check([]);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /\npinned-images \(mandatory\) {2}Every container's image.*\n {4}spec\.imageName is .*:latest/,
    );
    expect(stdout).to.match(/\n {4}fix: Write a tag with a version/);
    expect(stdout).to.match(/policies violated: .*databases-not-exposed/);
    expect(stdout).to.not.contain("correct-horse-battery");
  });

  it("takes levels from a file and tells them in the JSON", () => {
    const { stdout } = check(["--json", "--policy-pack-config", config('{ "all": "disabled", "probes": "advisory" }')]);
    const { topologies } = JSON.parse(stdout) as { topologies: { policies: PolicyReport }[] };
    const report = topologies[0]?.policies;
    expect(report?.kept).to.equal(true);
    expect(new Set(report?.findings.map(({ policy, level }) => `${policy} ${level}`))).to.deep.equal(
      new Set(["probes advisory"]),
    );
  });

  it("refuses a file with unknown names, none at all, or no JSON, with exit code 2", () => {
    const typo = check(["--policy-pack-config", config('{ "probe": "advisory", "spread": { "zone": 3 } }')]);
    expect(typo.code).to.equal(2);
    expect(typo.stderr).to.contain("2 faults").and.contain("did you mean probes?").and.contain("spread.zone");
    expect(check(["--policy-pack-config", config("level: mandatory")])).to.include({ code: 2, stdout: "" });
    expect(check(["--policy-pack-config", join(folder, "none.json")]).stderr).to.contain("ENOENT");
  });

  it("says how many policies are kept, which are disabled, and what waits for an up", () => {
    const policy = { what: "What.", ids: ["R4"], fix: "Fix.", kind: "stack" } as const;
    const text = policyText({
      policies: [
        { ...policy, name: "one", level: "mandatory" },
        { ...policy, name: "two", level: "disabled" },
        { ...policy, name: "three", level: "advisory" },
      ],
      findings: [{ policy: "three", level: "advisory", stack: null, urn: null, message: "Wrong." }],
      pending: ["aachen: one: later"],
      kept: true,
    });
    expect(text).to.equal(
      [
        "1 of 2 policies are kept.",
        "Disabled: two.",
        "three (advisory)  What. [R4]",
        "    Wrong.",
        "      at all sites",
        "    fix: Fix.",
        "Not known before an up:",
        "    aachen: one: later",
      ].join("\n"),
    );
  });
});
