import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../config/problem.ts";
import { readDrillFile } from "./schema.ts";
import type { DrillFile } from "./schema.ts";

/** Where the results of a topology's drills are kept. @param project the project's folder */
export const drillFolder = (project: string, topology: string): string => join(project, "docs", "drills", topology);

/**
 * The results of a topology's last drills; undefined where it was never drilled.
 *
 * @throws InputError where the file is none that a drill wrote
 */
export const readDrills = (project: string, topology: string): DrillFile | undefined =>
  readResults(drillFolder(project, topology));

/**
 * The results that a folder holds; undefined where there are none.
 *
 * @throws InputError where the file is none that a drill wrote
 */
export function readResults(folder: string): DrillFile | undefined {
  const file = join(folder, "drill.json");
  if (!existsSync(file)) return undefined;
  try {
    return readDrillFile(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    throw new InputError("Results of drills", [
      {
        offender: file,
        rule: "a result that holdfast drill wrote",
        reason,
        value: "something else",
        fix: "take it from the last commit, or drill again",
      },
    ]);
  }
}
