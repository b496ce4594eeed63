import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readDrillFile } from "../../../lab/result/schema.ts";
import type { Drill } from "../../../lab/result/schema.ts";

const PROJECT = join(__dirname, "..", "..", "..");

/** A change of one file of the project, as a person would make it. */
interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * A copy of the project, changed, and what the command measures there.
 *
 * @param codes exit codes that are right
 */
export function drilled(edits: readonly Edit[], fault: string, codes: readonly number[] = [0]): Drill {
  const copy = mkdtempSync(join(tmpdir(), "changed-"));
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
    expect(codes, stderr.split("\n").slice(-20).join("\n")).to.include(status);
    const found = readDrillFile(JSON.parse(stdout)).drills.find((one) => one.fault === fault);
    if (found === undefined) throw new Error(`the result does not tell of ${fault}`);
    return found;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
