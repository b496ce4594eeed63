import { MEASURE } from "../resilience/compare/availability.ts";
import { FAULT_CLASSES } from "../resilience/compare/classes.ts";
import type { FaultClass } from "../resilience/compare/classes.ts";
import type { Column } from "./comparison.ts";
import { code, markdownTable, visible } from "./markdown.ts";
import { paint, table } from "./terminal.ts";
import { dataLossText, recoveryText } from "./view.ts";
import type { FailureRow } from "./view.ts";

/** A table of a comparison: a row per thing compared, a column per topology. */
export interface ComparisonSection {
  readonly title: string;
  /** What the reader must know to read it. */
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function comparisonText(columns: readonly Column[]): string {
  const parts = comparisonSections(columns).map(({ title, note, head, rows }) =>
    [paint("bold", title), ...(note === undefined ? [] : [note]), ...(rows.length > 0 ? [table(head, rows)] : [])].join(
      "\n",
    ),
  );
  return [...parts, ...availabilityLines(columns)].join("\n\n");
}

/** The same as Markdown; whatever was read stands in code spans. */
export function comparisonMarkdown(columns: readonly Column[]): string {
  const parts = comparisonSections(columns).map(({ title, note, head, rows }) => {
    const cells = rows.map((row) => row.map((cell) => (cell === "" ? "" : code(cell))));
    return [
      `### ${title}`,
      ...(note === undefined ? [] : [visible(note)]),
      ...(rows.length > 0
        ? [
            markdownTable(
              head.map((cell) => (cell === "" ? " " : code(cell))),
              cells,
            ),
          ]
        : []),
    ].join("\n\n");
  });
  return [...parts, ...availabilityLines(columns).map(code)].join("\n\n");
}

/** What is compared, table by table; for the terminal, for Markdown and for the report. */
export function comparisonSections(columns: readonly Column[]): readonly ComparisonSection[] {
  const names = columns.map(({ name }) => name);
  return [
    { title: "For and against", head: ["", ...names], rows: prosAndCons(columns) },
    {
      title: "By class of fault",
      note: "faults after which R5 holds of all; the slowest recovery; the most that is lost",
      head: ["class", ...names],
      rows: FAULT_CLASSES.map((faultClass) => [
        faultClass,
        ...columns.map((column) => classCell(column, faultClass)),
      ]).filter((cells) => cells.slice(1).some((cell) => cell !== NONE)),
    },
    ...faultSections(columns),
  ];
}

const NONE = "-";

function prosAndCons(columns: readonly Column[]): readonly (readonly string[])[] {
  const row = (what: string, of: (column: Column) => string): readonly string[] => [what, ...columns.map(of)];
  const facts = columns[0]?.facts.map(({ what, id }) => ({ what, id })) ?? [];
  return [
    row("promises kept", ({ promises }) => listed(promises.kept)),
    row("promises broken", ({ promises }) => listed(promises.broken)),
    row("promises open", ({ promises }) => listed([...promises.unknown, ...promises.pending])),
    row("claims confirmed", ({ claims }) => listed(claims.confirmed)),
    row("claims refuted", ({ claims }) => listed(claims.refuted)),
    row("claims open", ({ claims }) => listed([...claims.unknown, ...claims.pending])),
    row("faults that end by themselves", ({ recoveries, faults }) => `${recoveries.byItself} of ${faults.length}`),
    row("faults that need a person", ({ recoveries }) => String(recoveries.byPerson)),
    row("faults that nobody can mend", ({ recoveries }) => String(recoveries.never)),
    row("faults whose end is not known", ({ recoveries }) => String(recoveries.unknown)),
    ...facts.map(({ what, id }) =>
      row(`${what} (${id})`, (column) => column.facts.find((fact) => fact.what === what)?.text ?? NONE),
    ),
  ];
}

function listed(ids: readonly string[]): string {
  return ids.length === 0 ? "0" : `${ids.length}: ${ids.join(" ")}`;
}

function classCell({ classes }: Column, faultClass: FaultClass): string {
  const profile = classes.find((one) => one.faultClass === faultClass);
  if (!profile) return NONE;
  const { within, open, faults, slowest, dataLoss } = profile;
  const share = open === 0 ? `${within} of ${faults}` : `${within} to ${within + open} of ${faults}`;
  return `${share}; ${recoveryText(slowest.recovery)}; lost ${dataLossText(dataLoss)}`;
}

function faultSections(columns: readonly Column[]): readonly ComparisonSection[] {
  const faults = [...new Set(columns.flatMap((column) => column.faults.map(({ fault }) => fault)))];
  const rows = faults.map((fault) => [
    fault,
    ...columns.map((column) => {
      const found = column.faults.find((one) => one.fault === fault);
      return found ? faultCell(found.outcome, column) : NONE;
    }),
  ]);
  const differing = rows.filter(([, ...cells]) => new Set(cells).size > 1);
  return [
    {
      title: "Fault by fault",
      note:
        (differing.length > 0
          ? "Sites by role; reads/writes of each role's clients, recovery, data lost at worst, [what is not kept]. "
          : "No fault is answered differently. ") +
        `${rows.length - differing.length} further faults have the same outcome in all.`,
      head: ["fault", ...columns.map(({ name }) => name)],
      rows: differing,
    },
  ];
}

function faultCell(row: FailureRow, { roles }: Column): string {
  const levels = row.sites.map(({ site, reads, writes }) => `${roles[site] ?? site} ${reads}/${writes}`).sort();
  return `${levels.join(", ")}; ${row.recovery}; lost ${row.dataLoss}${row.broken.length > 0 ? ` [${row.broken.join(" ")}]` : ""}`;
}

/** S3.5 of the topology that the document calls the most available; of the others only that it is or is not. */
export function availabilityLines(columns: readonly Column[]): readonly string[] {
  const head = `Most available [S3.5], measured ${MEASURE}:`;
  const each = columns.map(({ name, system, mostAvailable: { verdict, why } }) =>
    system === CLAIMED
      ? `  ${name}, as the document claims: ${verdict}\n${why.map((text) => `    ${text}`).join("\n")}`
      : `  ${name}: ${verdict}`,
  );
  return [[head, ...each].join("\n")];
}

/** The system of which the document says that it is the most available of the three [S3.5]. */
const CLAIMED = "S3";
