import type { ClaimVerdict, Reason } from "../../resilience/outcome.ts";
import type { PromiseSummary } from "../../resilience/verdicts.ts";
import { formatSeconds } from "../../topologies/units.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { reasonList } from "./outcome.ts";

/** What the resources say of one claim of the document. */
export function claimDetails({ claim, verdict, why, reasons }: ClaimVerdict): Html {
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

/** Each promise over all faults. */
export function promiseTable(promises: readonly PromiseSummary[]): Html {
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
