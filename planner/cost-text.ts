import type { Cost } from "../resilience/cost/cost.ts";
import { staleness } from "../resilience/cost/prices.ts";
import { UNPRICED } from "../resilience/cost/index.ts";
import { table } from "./terminal.ts";

/** How many of the unknowns are told; outcomes.json has all. */
const SHOWN = 8;

/**
 * What the platform costs per month: the sums per site, what each promise costs, what is not known. R6 promises no
 * figure, so none is judged.
 *
 * @param now the reader's date, by which the prices may be old
 */
export function costText(cost: Cost, now: Date): string {
  if (cost.lines.length + cost.unknown.length === 0) return "";
  const sites = [...new Set(cost.lines.map(({ site }) => site))];
  const rows = [
    ...sites.map((site) => {
      const lines = cost.lines.filter((line) => line.site === site);
      const most = lines.reduce((sum, line) => sum + ((line.most ? line.most.monthly : line.monthly) ?? 0), 0);
      const known = lines.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0);
      const missing = new Set(lines.filter(({ price }) => price === null).map(({ item }) => item)).size;
      return [site, amount(cost, known, missing), most === known ? "" : money(cost, most), priceless(missing)];
    }),
    ...cost.purposes.map(({ ids, what, monthly, unknown }) => [
      `  ${ids.join(", ")}: ${what}`,
      amount(cost, monthly, unknown.length),
      "",
      priceless(unknown.length),
    ]),
  ];
  const old = staleness(cost.asOf, now);
  const unpriced = [...new Set(cost.lines.filter(({ price }) => price === null).map(({ item }) => item))];
  const others = cost.unknown.filter((text) => !text.startsWith(UNPRICED));
  const more = others.length > SHOWN ? [`  and ${others.length - SHOWN} more, in outcomes.json`] : [];
  return [
    ...(rows.length > 0 ? [table(["", "known", "with the most nodes", "without a price"], rows)] : []),
    `R6  ${costSentence(cost)}. No figure was promised, so none is judged.`,
    ...(cost.source === null ? [] : [`Prices of ${cost.asOf ?? "an unknown day"}: ${cost.source}.`]),
    ...(old === undefined ? [] : [`Warning: ${old}.`]),
    ...(unpriced.length > 0 ? [`Without a price: ${unpriced.join(", ")}`] : []),
    ...others.slice(0, SHOWN).map((text) => `  ${text}`),
    ...more,
  ].join("\n");
}

/** A sum of nothing is no figure where prices are missing. */
function amount(cost: Cost, known: number, missing: number): string {
  return known === 0 && missing > 0 ? "unknown" : money(cost, known);
}

/** `860 EUR a month are known, 3 things are open`. */
export function costSentence(cost: Cost): string {
  const count = cost.unknown.length;
  const known = cost.lines.some(({ price }) => price !== null)
    ? `${money(cost, cost.monthly)} a month are known`
    : "no cost is known";
  const open = count === 0 ? "nothing is open" : `${count} ${count === 1 ? "thing is" : "things are"} open`;
  return `${known}, ${open}`;
}

export function money({ currency }: Pick<Cost, "currency">, amount: number): string {
  const rounded = Math.abs(amount) >= 100 ? Math.round(amount) : Math.round(amount * 100) / 100;
  return `${rounded} ${currency ?? "(no currency declared)"}`;
}

function priceless(count: number): string {
  return count === 0 ? "" : `${count} ${count === 1 ? "item" : "items"}`;
}
