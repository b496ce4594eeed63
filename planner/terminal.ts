import { stripVTControlCharacters, styleText } from "node:util";
import type { CapacityOutcome, ClaimVerdict, ServiceLevel } from "../resilience/outcome.ts";
import type { PromiseSummary } from "../resilience/verdicts.ts";
import { bitRate, percent, perSecond } from "./view.ts";
import type { FailureRow } from "./view.ts";

type Colour = "green" | "yellow" | "red" | "bold" | "dim";

/** Colours only where a person looks at a terminal and has not declined them (https://no-color.org). */
export function paint(colour: Colour, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const wanted = stream.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
  return wanted ? styleText(colour, text, { validateStream: false }) : text;
}

/** Columns as wide as their widest cell; the last one may run on. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = (text: string): number => stripVTControlCharacters(text).length;
  const widths = head.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ""))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
      .join("  ")
      .trimEnd();
  return [paint("bold", line(head)), ...rows.map(line)].join("\n");
}

export function failureTable(rows: readonly FailureRow[]): string {
  const sites = rows[0]?.sites.map(({ site }) => site) ?? [];
  const head = [
    "fault",
    ...sites.map((site) => `${site}: reads/writes`),
    "recovery",
    "data lost, at worst",
    "split brain",
    "broken",
  ];
  return table(
    head,
    rows.map((row) => [
      row.fault,
      ...row.sites.map(({ reads, writes }) => `${level(reads)}/${level(writes)}`),
      row.recovery,
      row.dataLoss === "none" ? row.dataLoss : paint("yellow", row.dataLoss),
      row.splitBrain === "no" ? "no" : paint("red", row.splitBrain),
      paint("red", row.broken.join(" ")),
    ]),
  );
}

function level(value: ServiceLevel): string {
  const colours: Readonly<Record<ServiceLevel, Colour>> = {
    full: "green",
    stale: "yellow",
    partial: "yellow",
    "read-only": "yellow",
    down: "red",
    unknown: "red",
  };
  return paint(colours[value], value);
}

export function claimLines(claims: readonly ClaimVerdict[]): string {
  return claims
    .map(({ claim, verdict, why }) => `${claim.id}  ${verdictText(verdict)}  ${claim.title}\n    ${why}`)
    .join("\n");
}

/** @param faults how many faults there are in all */
export function promiseLines(promises: readonly PromiseSummary[], faults: number): string {
  const shown = 6;
  return promises
    .map(({ id, verdict, faults: affected }) => {
      const named = affected.map(({ fault }) => fault);
      const more = named.length > shown ? ` and ${named.length - shown} more` : "";
      const list = named.length === faults ? "after every fault" : named.slice(0, shown).join("; ") + more;
      const why = new Set(affected.map((fault) => fault.why)).size === 1 ? ` (${affected[0]?.why ?? ""})` : "";
      const which = verdict === "kept" ? "" : `: ${list}${why}`;
      return `${id}  ${verdictText(verdict)}${which}`;
    })
    .join("\n");
}

function verdictText(verdict: ClaimVerdict["verdict"] | PromiseSummary["verdict"]): string {
  switch (verdict) {
    case "confirmed":
    case "kept":
      return paint("green", verdict);
    case "pending":
      return paint("yellow", verdict);
    case "refuted":
    case "broken":
    case "unknown":
      return paint("red", verdict);
    default: {
      const never: never = verdict;
      throw new Error(`no colour for verdict ${String(never)}`);
    }
  }
}

export function capacityTable(capacity: readonly CapacityOutcome[]): string {
  return table(
    ["site", "share", "uplink needed", "available", "requests needed", "available", "enough"],
    capacity.map(capacityCells),
  );
}

export function capacityCells({ site, share, uplink, requests, enough }: CapacityOutcome): readonly string[] {
  return [
    site,
    percent(share),
    bitRate(uplink.needed),
    uplink.available === null ? "unknown" : bitRate(uplink.available),
    perSecond(requests.needed),
    requests.available === null ? "unknown" : perSecond(requests.available),
    enough,
  ];
}
