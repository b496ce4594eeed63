import { formatSeconds } from "../../topologies/units.ts";
import { differencesOf, drillsIn } from "./sessions.ts";
import type { DrillFile, DrillSession } from "./schema.ts";
import { drillRows, loadText, stageRows } from "./text.ts";
import type { DrillRow, PlannedDrill } from "./text.ts";

/** The table of all planned drills for a README; what was not run says so. */
export function drillTable(planned: readonly PlannedDrill[], file: DrillFile | undefined): string {
  const rows = planned.flatMap((one) =>
    drillRows(
      one,
      file?.drills.find(({ id, fault }) => id === one.id && fault === one.fault),
    ),
  );
  return rowsTable("what", rows);
}

const rowsTable = (what: string, rows: readonly DrillRow[]): string =>
  markdownTable(
    ["drill", "fault", what, "predicted", "measured", "verdict"],
    rows.map(({ id, title, fault, what: name, predicted, measured, verdict }) => [
      `${id} ${title}`,
      `\`${fault}\``,
      name,
      predicted,
      measured,
      verdict,
    ]),
  );

/** The page of a topology's drills: how they were made, on what machine, what differed, and what came of it. */
export function drillPage(planned: readonly PlannedDrill[], file: DrillFile): string {
  const { drills, sessions, topology } = file;
  const problems = drills.flatMap(({ id, runs, notes }) =>
    [...notes, ...runs.flatMap((run) => run.problems)].map((text) => `- ${id}: ${cell(text)}`),
  );
  const stages = drills.flatMap(stageRows);
  const parts = [
    `# Drills of ${topology}`,
    ...sessions.map((session, index) => sessionText(session, drillsIn(file, index))),
    drillTable(planned, file),
    ...(stages.length > 0
      ? [
          `## Stages\n\nEach from the end of the one before it, or from the fault. Those that nobody saw the end of are told together with the next one.\n\n${rowsTable("stage", stages)}`,
        ]
      : []),
    ...(problems.length > 0 ? [`## What was found\n\n${problems.join("\n")}`] : []),
    `## Differences from the plan\n\n${differencesTable(differencesOf(file))}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function sessionText({ command, startedAt, machine, load, steps }: DrillSession, ids: readonly string[]): string {
  const up = steps.map(({ name, seconds }) => `${name} ${formatSeconds(seconds)}`).join(", ");
  return [
    `${ids.join(", ")}: \`${command}\`, ${startedAt.slice(0, 10)}, on ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, kernel ${machine.kernel}; ${loadText(load)}.`,
    `Up: ${up}.`,
  ].join(" ");
}

const differencesTable = (differences: DrillSession["differences"]): string =>
  differences.length > 0
    ? markdownTable(
        ["subject", "difference", "why"],
        differences.map(({ subject, what, why }) => [subject, what, why]),
      )
    : "None.";

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
