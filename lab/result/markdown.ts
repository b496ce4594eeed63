import { formatSeconds } from "../../topologies/units.ts";
import type { DrillFile } from "./schema.ts";
import { drillRows } from "./text.ts";
import type { PlannedDrill } from "./text.ts";

/** The table of all planned drills for a README; what was not run says so. */
export function drillTable(planned: readonly PlannedDrill[], file: DrillFile | undefined): string {
  const rows = planned.flatMap((one) =>
    drillRows(
      one,
      file?.drills.find(({ id, fault }) => id === one.id && fault === one.fault),
    ),
  );
  return markdownTable(
    ["drill", "fault", "what", "predicted", "measured", "verdict"],
    rows.map(({ id, title, fault, what, predicted, measured, verdict }) => [
      `${id} ${title}`,
      `\`${fault}\``,
      what,
      predicted,
      measured,
      verdict,
    ]),
  );
}

/** The page of a run: how it was made, on what machine, what differed, and what came of it. */
export function drillPage(planned: readonly PlannedDrill[], file: DrillFile): string {
  const { command, startedAt, machine, load, steps, differences, drills, topology } = file;
  const problems = drills.flatMap(({ id, runs, notes }) =>
    [...notes, ...runs.flatMap((run) => run.problems)].map((text) => `- ${id}: ${cell(text)}`),
  );
  const parts = [
    `# Drills of ${topology}, ${startedAt.slice(0, 10)}`,
    `\`${command}\` on ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, kernel ${machine.kernel}.`,
    `Load: ${load.asked} requests/s asked, ${load.attempted} attempted, ${load.inTime} sent in time, ${load.answered} answered, ${load.succeeded} answered well.`,
    drillTable(planned, file),
    ...(problems.length > 0 ? [`## What was found\n\n${problems.join("\n")}`] : []),
    `## Steps\n\n${markdownTable(
      ["step", "took"],
      steps.map(({ name, seconds }) => [name, formatSeconds(seconds)]),
    )}`,
    `## Differences from the plan\n\n${
      differences.length > 0
        ? markdownTable(
            ["subject", "difference", "why"],
            differences.map(({ subject, what, why }) => [subject, what, why]),
          )
        : "None."
    }`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
