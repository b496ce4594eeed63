import type { DrillFile } from "../../lab/result/schema.ts";
import type { Column } from "../comparison.ts";
import type { Judgement } from "../judge.ts";
import type { Origin } from "../outcomes-file.ts";
import type { PolicyReport } from "../policy-report.ts";
import { violatedPolicies } from "../policy-text.ts";
import type { Answer } from "../questions/answer.ts";
import { capacityCells } from "../terminal.ts";
import { comparisonSection } from "./comparison.ts";
import { costSection } from "./cost.ts";
import { diagram } from "./diagram.ts";
import { drillSection } from "./drills.ts";
import { failureTable } from "./failures.ts";
import { Html, markup } from "./html.ts";
import { outcomeDetails } from "./outcome.ts";
import { placesSection } from "./places.ts";
import { policySection } from "./policies.ts";
import { style } from "./style.ts";
import { switchoverSection } from "./switchover.ts";
import { list, table } from "./table.ts";
import { claimDetails, promiseTable } from "./verdicts.ts";

export interface ReportSection {
  readonly title: string;
  readonly origin: Origin;
  readonly judgement: Judgement;
  readonly policies: PolicyReport;
  readonly answers: readonly Answer[];
  /** What drills measured; absent where there were none. */
  readonly drills?: DrillFile;
}

export interface Report {
  readonly sections: readonly ReportSection[];
  /** The same topologies compared; shown where there are two or more. */
  readonly columns: readonly Column[];
  /** The reader's date, by which prices may be old. */
  readonly now: Date;
}

/** The report: one HTML file that needs nothing else, no script either. */
export function renderReport({ sections, columns, now }: Report): string {
  const links = [
    ...sections.map(
      (section, index) => markup`<li><a href="#t${index}">${section.title}</a>: ${verdictOf(section)}</li>`,
    ),
    ...(columns.length > 1 ? [markup`<li><a href="#comparison">The topologies side by side</a></li>`] : []),
  ];
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Holdfast: what happens when it fails</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <h1>What happens when it fails</h1>
        <p class="dim">
          Computed by Holdfast from the resources that each site's program declares. Times are worst cases.
        </p>
        <nav>
          <ul>
            ${links}
          </ul>
        </nav>
        ${comparisonSection(columns)} ${sections.map((section, index) => sectionOf(section, `t${index}`, now))}
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}

function verdictOf({ judgement: { kept, promises, claims }, policies }: ReportSection): Html {
  if (kept && policies.kept) return markup`<span class="good verdict">every promise kept</span>`;
  const violated = violatedPolicies(policies);
  const broken = promises.filter(({ verdict }) => verdict === "broken" || verdict === "unknown").map(({ id }) => id);
  const refuted = claims
    .filter(({ verdict }) => verdict === "refuted" || verdict === "unknown")
    .map(({ claim }) => claim.id);
  const parts = [
    ...(broken.length > 0 ? [`not kept: ${broken.join(", ")}`] : []),
    ...(refuted.length > 0 ? [`claims not confirmed: ${refuted.join(", ")}`] : []),
    ...(violated.length > 0 ? [`policies violated: ${violated.length}`] : []),
  ];
  return markup`<span class="bad">${parts.join("; ")}</span>`;
}

function sectionOf(section: ReportSection, id: string, now: Date): Html {
  const { title, origin, judgement, policies, answers, drills } = section;
  const { system, outcomes, claims, promises, normal, cost, switchover } = judgement;
  const notes = origin.stacks.flatMap(({ notes: ofStack }) => ofStack);
  return markup`<section>
    <h2 id="${id}">${title}</h2>
    <p>
      ${origin.topology ? `Topology ${origin.topology.name}, system ${origin.topology.system}.` : ""}
      ${verdictOf(section)}
    </p>
    ${diagram(system)}
    <h3>Faults</h3>
    ${failureTable(outcomes, id)} ${drillSection(outcomes, drills)} ${switchoverSection(switchover)}
    <h3>Claims of the document</h3>
    ${claims.map(claimDetails)}
    <h3>Promises over all faults</h3>
    ${promiseTable(promises)}
    ${policySection(policies)}
    <h3>Capacity while all is well</h3>
    ${table(["site", "share of requests", "uplink needed", "uplink available", "requests needed", "requests available", "enough"], normal.map(capacityCells))}
    ${costSection(cost, now)} ${placesSection(system)}
    ${answers.length > 0 ? markup`<h3>Questions of the document</h3>${answers.map(answerDetails)}` : undefined}
    <h3>Fault by fault</h3>
    ${outcomes.map((outcome, at) => outcomeDetails(outcome, `${id}-f${at}`))}
    ${titled(
      "Could not be read",
      system.unread.map(({ urn, why }) => markup`${why} <span class="urn">${urn}</span>`),
    )}
    ${titled("Notes", notes)}
  </section>`;
}

function answerDetails({ id, question, sentences, table: figures }: Answer): Html {
  return markup`<h4>${id} ${question}</h4>
    ${sentences.map((sentence) => markup`<p>${sentence}</p>`)} ${figures ? table(figures.head, figures.rows) : undefined}`;
}

function titled(title: string, items: readonly (string | Html)[]): Html | undefined {
  return items.length === 0 ? undefined : markup`<h3>${title}</h3>${list(items)}`;
}
