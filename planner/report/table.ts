import { markup } from "./html.ts";
import type { Html } from "./html.ts";

/**
 * A table that a phone shows as one card per row: each cell then stands beside its column's title. The first cell of a row
 * is its heading.
 */
export function table(head: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html {
  const body = rows.map(
    (row) =>
      markup`<tr>
        ${row.map((cell, column) => (column === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td data-label="${head[column] ?? ""}"><span>${cell}</span></td>`))}
      </tr>`,
  );
  return tableOf(head, body);
}

/** The frame of such a table around rows that are markup already. */
export function tableOf(head: readonly string[], body: readonly Html[]): Html {
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

/** A list of sentences; nothing where there are none. */
export function list(items: readonly (string | Html)[]): Html | undefined {
  return items.length === 0
    ? undefined
    : markup`<ul>
        ${items.map((item) => markup`<li>${item}</li>`)}
      </ul>`;
}
