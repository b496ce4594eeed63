import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { InputError } from "../../config/problem.ts";
import type { Carried } from "../load/carried.ts";
import { drillPage } from "../result/markdown.ts";
import { readDrillFile } from "../result/schema.ts";
import type { DrillFile, DrillSession } from "../result/schema.ts";
import type { PlannedDrill } from "../result/text.ts";
import { timelinePicture } from "../result/timeline-svg.ts";

/** A command line as results tell it: without the folder that they lie in, which is this machine's and changes nothing. */
export function commandOf(words: readonly string[]): string {
  const kept = words.filter((word, index) => !/^--out(=|$)/.test(word) && words[index - 1] !== "--out");
  return ["holdfast", ...kept].join(" ");
}

/** The machine that drills, as a reader of its results has to know it. */
export function thisMachine(): DrillSession["machine"] {
  const [, name = process.platform] = /^PRETTY_NAME="?([^"\n]+)/m.exec(osRelease()) ?? [];
  const memoryGiB = Math.round((totalmem() / 2 ** 30) * 10) / 10;
  return { cores: cpus().length, memoryGiB, kernel: release(), system: name };
}

function osRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

/** The mean of what was carried before each fault; nothing, where no run came so far. */
export function loadOf(asked: number, runs: readonly Carried[]): DrillSession["load"] {
  const mean = (of: (one: Carried) => number): number =>
    runs.length === 0 ? 0 : Math.round((runs.reduce((sum, one) => sum + of(one), 0) / runs.length) * 10) / 10;
  return {
    asked,
    attempted: mean(({ attempted }) => attempted),
    inTime: mean(({ inTime }) => inTime),
    answered: mean(({ answered }) => answered),
    succeeded: mean(({ succeeded }) => succeeded),
  };
}

/** Before anything is brought up, so that nobody waits for a result that can't be written. @throws InputError */
export function openOut(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new InputError("Command line", [
      {
        offender: "--out",
        rule: "a folder that can be written to",
        reason: error instanceof Error ? error.message : String(error),
        value: directory,
        fix: "name another one",
      },
    ]);
  }
}

/** Writes drill.json, the page and the pictures. @throws ZodError where a result is not what readers expect */
export function writeDrills(directory: string, planned: readonly PlannedDrill[], file: DrillFile): void {
  const checked = readDrillFile(JSON.parse(JSON.stringify(file)));
  writeFileSync(join(directory, "drill.json"), `${JSON.stringify(checked, null, 2)}\n`);
  writeFileSync(join(directory, "README.md"), drillPage(planned, checked));
  for (const { id, title, fault, timeline } of checked.drills) {
    if (timeline === undefined) continue;
    const name = `${id}-${fault}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    writeFileSync(join(directory, `${name}.svg`), timelinePicture(timeline, `${id} ${title}`));
  }
}
