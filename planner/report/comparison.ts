import { availabilityLines, comparisonSections } from "../comparison-text.ts";
import type { Column } from "../comparison.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { table } from "./table.ts";

/** The topologies side by side, as the document's pros and cons do; nothing where there is one only. */
export function comparisonSection(columns: readonly Column[]): Html | undefined {
  if (columns.length < 2) return undefined;
  const parts = comparisonSections(columns).map(({ title, note, head, rows }, index) => {
    const content = markup`${note === undefined ? undefined : markup`<p class="dim">${note}</p>`}
      ${rows.length > 0 ? table(head, rows) : undefined}`;
    // The first is what most readers come for; the rest unfolds.
    return index === 0
      ? markup`<h3>${title}</h3>
          ${content}`
      : markup`<details>
          <summary><strong>${title}</strong></summary>
          ${content}
        </details>`;
  });
  return markup`<section>
    <h2 id="comparison">The topologies side by side</h2>
    ${parts}
    <pre>${availabilityLines(columns).join("\n")}</pre>
  </section>`;
}
