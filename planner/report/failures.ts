import type { Outcome, ServiceLevel } from "../../resilience/outcome.ts";
import { failureRows, undecided } from "../view.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { tableOf } from "./table.ts";

/** One row for each fault, which leads to its details. @param id prefix of the details' anchors */
export function failureTable(outcomes: readonly Outcome[], id: string): Html {
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
  return markup`${tableOf(head, rows)}
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
