import { predictionOf, samePrediction } from "../../lab/result/prediction.ts";
import { differencesOf, drillsIn } from "../../lab/result/sessions.ts";
import type { Drill, DrillFile, DrillSession } from "../../lab/result/schema.ts";
import { drillRows, loadText, stageRows } from "../../lab/result/text.ts";
import { timelineFigure } from "../../lab/result/timeline-svg.ts";
import type { DrillVerdict } from "../../lab/result/verdict.ts";
import type { Outcome } from "../../resilience/outcome.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { list, table } from "./table.ts";

/** An outcome with the day on which its fault was last drilled. */
export const withDrill = (outcome: Outcome, file: DrillFile | undefined): Outcome => ({
  ...outcome,
  lastDrilled: lastDrilled(outcome, file) ?? outcome.lastDrilled,
});

function lastDrilled({ fault }: Outcome, file: DrillFile | undefined): string | undefined {
  const runs = file?.drills.filter((drill) => drill.fault === fault).flatMap((drill) => drill.runs) ?? [];
  return runs
    .map(({ at }) => at.slice(0, 10))
    .sort()
    .at(-1);
}

/** What drills measured of each fault, beside what was predicted; a fault that was not drilled says so. */
export function drillSection(outcomes: readonly Outcome[], file: DrillFile | undefined): Html {
  const drills = file?.drills ?? [];
  const differences = file ? differencesOf(file) : [];
  const measured = drills.filter(({ figures }) => figures.some(({ runs }) => runs.length > 0));
  const missing = outcomes.filter(({ fault }) => !measured.some((drill) => drill.fault === fault));
  return markup`<h3>Drills: predicted and measured</h3>
    ${file ? file.sessions.map((session, index) => origin(session, drillsIn(file, index))) : undefined} ${measured.length > 0 ? measuredTable(measured) : undefined}
    ${measured.flatMap((drill) => details(drill, outcomes) ?? [])} ${missing.length > 0 ? missingTable(missing) : undefined}
    ${
      differences.length > 0
        ? markup`<details>
            <summary>Differences from the plan: ${differences.length}</summary>
            ${table(
              ["subject", "difference", "why"],
              differences.map(({ subject, what, why }) => [subject, what, why]),
            )}
          </details>`
        : undefined
    }`;
}

function origin({ command, startedAt, machine, load }: DrillSession, ids: readonly string[]): Html {
  return markup`<p class="dim">
    ${ids.join(", ")}: measured on ${startedAt.slice(0, 10)} by <code>${command}</code> on ${machine.cores} cores, ${machine.memoryGiB} GiB,
    ${machine.system}; ${loadText(load)}.
  </p>`;
}

function measuredTable(drills: readonly Drill[]): Html {
  const rows = drills.flatMap((drill) =>
    [...drillRows(drill, drill), ...stageRows(drill)].map(
      ({ id, title, fault, what, predicted, measured, verdict }) => [
        markup`${id} ${title}<br /><code class="dim">${fault}</code>`,
        what,
        predicted,
        measured,
        markup`<span class="${colours[verdict]} verdict">${verdict}</span>`,
      ],
    ),
  );
  return table(["drill", "what", "predicted", "measured", "verdict"], rows);
}

const colours: Readonly<Record<DrillVerdict, "good" | "warn" | "bad">> = {
  "as predicted": "good",
  "prediction too wide": "warn",
  "not measured": "warn",
  "not predicted": "bad",
  "worse than predicted": "bad",
};

function details(drill: Drill, outcomes: readonly Outcome[]): Html | undefined {
  const now = outcomes.find(({ fault }) => fault === drill.fault);
  const changed = drill.prediction !== null && now && !samePrediction(predictionOf(now), drill.prediction);
  const notes = [
    ...(changed
      ? ["The plan has changed since: this was predicted otherwise when it was drilled. Drill it again."]
      : []),
    ...drill.notes,
    ...drill.runs.flatMap(({ at, problems }) => problems.map((text) => `run of ${at.slice(0, 16)}: ${text}`)),
  ];
  if (!drill.timeline && notes.length === 0) return undefined;
  return markup`<details>
    <summary>${drill.id} ${drill.title}</summary>
    ${list(notes)} ${drill.timeline ? timelineFigure(drill.timeline, `${drill.id} ${drill.title}`) : undefined}
  </details>`;
}

function missingTable(outcomes: readonly Outcome[]): Html {
  const rows = outcomes.map(({ title, fault }) => [title, markup`<code>${fault}</code>`, "not measured"]);
  return markup`<details>
    <summary>Not measured: ${rows.length} faults</summary>
    ${table(["fault", "written", "measured"], rows)}
  </details>`;
}
