import type { Cost, CostLine } from "../../resilience/cost/cost.ts";
import { staleness } from "../../resilience/cost/prices.ts";
import { costSentence, money } from "../cost-text.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { list, table } from "./table.ts";

/**
 * What the platform costs per month [R6]: the sum, what each promise costs, every line with its price, what has none, and
 * whose prices of which day they are.
 *
 * @param now the reader's date, by which the prices may be old
 */
export function costSection(cost: Cost, now: Date): Html | undefined {
  if (cost.lines.length + cost.unknown.length === 0) return undefined;
  const old = staleness(cost.asOf, now);
  const priced = cost.lines.some(({ price }) => price !== null);
  return markup`<h3>Cost per month</h3>
    <p>${capital(costSentence(cost))}. No figure was promised, so none is judged [R6].</p>
    ${
      priced && cost.most !== cost.monthly
        ? markup`<p>With as many nodes as autoscaling may add: ${money(cost, cost.most)}.</p>`
        : undefined
    }
    ${cost.source === null ? undefined : markup`<p class="dim">Prices of ${cost.asOf ?? "an unknown day"}: ${cost.source}.</p>`}
    ${old === undefined ? undefined : markup`<p class="warn">${capital(old)}.</p>`}
    ${
      cost.purposes.length > 0
        ? table(
            ["serves", "requirement", "known", "without a price"],
            cost.purposes.map(({ ids, what, monthly, unknown }) => [
              what,
              ids.join(", "),
              sum(cost, monthly, unknown.length),
              unknown.length === 0 ? "nothing" : unknown.join(", "),
            ]),
          )
        : undefined
    }
    <details>
      <summary>Line by line: ${cost.lines.length} lines</summary>
      ${table(
        ["what", "site", "quantity", "price of one", "per month", "serves"],
        cost.lines.map((line) => cells(cost, line)),
      )}
    </details>
    ${
      cost.unknown.length > 0
        ? markup`<details>
            <summary>Not known: ${cost.unknown.length}</summary>
            ${list(cost.unknown)}
          </details>`
        : undefined
    }`;
}

function cells(cost: Cost, line: CostLine): readonly (string | Html)[] {
  const { site, what, quantity, unit, price, monthly, most, serves } = line;
  const grows = most && most.quantity !== quantity ? ` to ${figure(most.quantity)}` : "";
  const dearest =
    most && most.monthly !== monthly && most.monthly !== null ? `, at most ${money(cost, most.monthly)}` : "";
  return [
    what,
    site,
    `${figure(quantity)}${grows}${unitText(unit)}`,
    price === null ? markup`<span class="warn">no price</span>` : `${price} ${cost.currency ?? ""}`,
    monthly === null ? markup`<span class="warn">unknown</span>` : `${money(cost, monthly)}${dearest}`,
    serves.join(", ") || "the platform itself",
  ];
}

/** A sum of nothing is no figure where prices are missing. */
function sum(cost: Cost, known: number, missing: number): string {
  return known === 0 && missing > 0 ? "unknown" : money(cost, known);
}

/** The table is of a month already: `GiB and month` is GiB in it, and what is paid for by the month is counted. */
function unitText(unit: string): string {
  const counted = unit.replace(/ and month$/, "");
  return counted === "month" ? "" : ` ${counted}`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function figure(value: number): string {
  return String(Math.round(value * 100) / 100);
}
