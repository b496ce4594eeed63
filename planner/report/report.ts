import type { ClaimVerdict, Outcome, Reason, ServiceLevel } from "../../resilience/outcome.ts";
import type { PromiseSummary } from "../../resilience/verdicts.ts";
import { formatSeconds } from "../../topologies/units.ts";
import type { Judgement } from "../judge.ts";
import type { Origin } from "../outcomes-file.ts";
import type { Answer } from "../questions/answer.ts";
import { capacityCells } from "../terminal.ts";
import { failureRows, undecided } from "../view.ts";
import { diagram } from "./diagram.ts";
import { Html, markup } from "./html.ts";
import { outcomeDetails, reasonList } from "./outcome.ts";
import { style } from "./style.ts";

export interface ReportSection {
  readonly title: string;
  readonly origin: Origin;
  readonly judgement: Judgement;
  readonly answers: readonly Answer[];
}

/** The report: one HTML file that needs nothing else, no script either. */
export function renderReport(sections: readonly ReportSection[]): string {
  const links = sections.map(
    (section, index) => markup`<li><a href="#t${index}">${section.title}</a>: ${verdictOf(section.judgement)}</li>`,
  );
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
        ${sections.map(sectionOf)}
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}

function verdictOf({ kept, promises, claims }: Judgement): Html {
  if (kept) return markup`<span class="good verdict">every promise kept</span>`;
  const broken = promises.filter(({ verdict }) => verdict === "broken" || verdict === "unknown").map(({ id }) => id);
  const refuted = claims
    .filter(({ verdict }) => verdict === "refuted" || verdict === "unknown")
    .map(({ claim }) => claim.id);
  const parts = [
    ...(broken.length > 0 ? [`not kept: ${broken.join(", ")}`] : []),
    ...(refuted.length > 0 ? [`claims not confirmed: ${refuted.join(", ")}`] : []),
  ];
  return markup`<span class="bad">${parts.join("; ")}</span>`;
}

function sectionOf({ title, origin, judgement, answers }: ReportSection, index: number): Html {
  const { system, outcomes, claims, promises, normal } = judgement;
  const id = `t${index}`;
  const notes = origin.stacks.flatMap(({ notes: ofStack }) => ofStack);
  return markup`<section>
    <h2 id="${id}">${title}</h2>
    <p>
      ${origin.topology ? `Topology ${origin.topology.name}, system ${origin.topology.system}.` : ""}
      ${verdictOf(judgement)}
    </p>
    ${diagram(system)}
    <h3>Faults</h3>
    ${failureTable(outcomes, id)}
    <h3>Claims of the document</h3>
    ${claims.map(claimDetails)}
    <h3>Promises over all faults</h3>
    ${promiseTable(promises)}
    <h3>Capacity while all is well</h3>
    ${table(["site", "share of requests", "uplink needed", "uplink available", "requests needed", "requests available", "enough"], normal.map(capacityCells))}
    ${answers.length > 0 ? markup`<h3>Questions of the document</h3>${answers.map(answerDetails)}` : undefined}
    <h3>Fault by fault</h3>
    ${outcomes.map((outcome, at) => outcomeDetails(outcome, `${id}-f${at}`))}
    ${
      system.unread.length > 0
        ? markup`<h3>Could not be read</h3>
            <ul>
              ${system.unread.map(({ urn, why }) => markup`<li>${why} <span class="urn">${urn}</span></li>`)}
            </ul>`
        : undefined
    }
    ${
      notes.length > 0
        ? markup`<h3>Notes</h3>
            <ul>
              ${notes.map((note) => markup`<li>${note}</li>`)}
            </ul>`
        : undefined
    }
  </section>`;
}

function answerDetails({ id, question, sentences, table: figures }: Answer): Html {
  return markup`<h4>${id} ${question}</h4>
    ${sentences.map((sentence) => markup`<p>${sentence}</p>`)} ${figures ? table(figures.head, figures.rows) : undefined}`;
}

function failureTable(outcomes: readonly Outcome[], id: string): Html {
  const sites = outcomes[0]?.sites.map(({ site }) => site) ?? [];
  const everywhere = undecided(outcomes);
  const note =
    everywhere.length > 0
      ? markup`<p class="dim">After every fault unknown, and so not repeated in the table: ${everywhere.join(", ")}.</p>`
      : undefined;
  const rows = failureRows(outcomes).map((row, at) => {
    const cells = row.sites.map(
      ({ site, reads, writes }) =>
        markup`<td data-label="${site}">
          <span class="levels">
            <span class="${levelClass(reads)}">reads ${reads}</span>
            <span class="${levelClass(writes)}">writes ${writes}</span>
          </span>
        </td>`,
    );
    return markup`<tr>
      <th scope="row"><a href="#${id}-f${at}">${row.title}</a><br /><code class="dim">${row.fault}</code></th>
      ${cells}
      <td data-label="recovery">${row.recovery}</td>
      <td data-label="data lost, at worst">${row.dataLoss}</td>
      <td data-label="split brain"><span class="${row.splitBrain === "no" ? "" : "bad"}">${row.splitBrain}</span></td>
      <td data-label="not kept">
        ${row.broken.length > 0 ? markup`<span class="bad">${row.broken.join(", ")}</span>` : "–"}
      </td>
    </tr>`;
  });
  const head = [
    "fault",
    ...sites.map((site) => `clients of ${site}`),
    "recovery",
    "data lost, at worst",
    "split brain",
    "not kept",
  ];
  return markup`<div class="wide">
    <table class="stack">
      <thead>
        <tr>
          ${head.map((title) => markup`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>
  ${note}`;
}

function levelClass(level: ServiceLevel): string {
  switch (level) {
    case "full":
      return "good";
    case "stale":
    case "partial":
    case "read-only":
      return "warn";
    case "down":
    case "unknown":
      return "bad";
    default: {
      const never: never = level;
      throw new Error(`no colour for ${String(never)}`);
    }
  }
}

function claimDetails({ claim, verdict, why, reasons }: ClaimVerdict): Html {
  const colour = verdict === "confirmed" ? "good" : verdict === "pending" ? "warn" : "bad";
  const limit = claim.dataLoss > 0 ? `, at most ${formatSeconds(claim.dataLoss)} lost` : "";
  return markup`<details>
    <summary><strong>${claim.id}</strong> ${claim.title}: <span class="${colour} verdict">${verdict}</span></summary>
    <p>${why}</p>
    <p class="dim">Fault <code>${claim.fault}</code>${limit}; source: ${claim.source}</p>
    ${reasonList(uniqueReasons(reasons))}
  </details>`;
}

function uniqueReasons(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [reason.text, reason])).values()];
}

function promiseTable(promises: readonly PromiseSummary[]): Html {
  const rows = promises.map(({ id, verdict, faults }) => {
    const colour = verdict === "kept" ? "good" : verdict === "pending" ? "warn" : "bad";
    const list =
      verdict === "kept"
        ? markup`<p>Kept after every fault.</p>`
        : markup`<ul>
            ${faults.map(({ fault, why }) => markup`<li><code>${fault}</code>: ${why}</li>`)}
          </ul>`;
    return markup`<details>
      <summary>
        <strong>${id}</strong>:
        <span class="${colour} verdict">${verdict}</span
        >${verdict === "kept" ? "" : ` (${faults.length} ${faults.length === 1 ? "fault" : "faults"})`}
      </summary>
      ${list}
    </details>`;
  });
  return markup`${rows}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  const body = rows.map(
    (row) =>
      markup`<tr>
        ${row.map((cell, column) => (column === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td data-label="${head[column] ?? ""}">${cell}</td>`))}
      </tr>`,
  );
  return markup`<div class="wide">
    <table class="stack">
      <thead>
        <tr>
          ${head.map((title) => markup`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}
