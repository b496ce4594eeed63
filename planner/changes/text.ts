import { visible } from "../markdown.ts";
import { paint, table } from "../terminal.ts";
import { isUnchanged } from "./changes.ts";
import type { Changes } from "./changes.ts";
import {
  costChangeLines,
  costChangeText,
  faultGroups,
  findingLines,
  verdictLines,
  verdictWord,
  worsening,
} from "./lines.ts";

/** What changed since the base, for the terminal. */
export function changesText(changes: Changes): string {
  const { stacks, promises, claims, faults, policies, cost, uncompared } = changes;
  if (isUnchanged(changes))
    return ["Nothing changes in what a fault does to the platform.", ...uncompared.map(visible)].join(" ");
  const verdicts = [...promises, ...claims];
  const parts: readonly (readonly [string, string])[] = [
    ["Only the base has the stacks", stacks.gone.map(visible).join(", ")],
    ["The base lacks the stacks", stacks.come.map(visible).join(", ")],
    ["Promises", verdicts.length > 0 ? verdictTable(verdicts) : ""],
    ...verdicts.map((change) => [`${change.id}: why`, coloured(verdictLines(change))] as const),
    ["Policies newly violated", coloured(findingLines("+", policies?.violated ?? []))],
    ["Policies no longer violated", coloured(findingLines("-", policies?.mended ?? []))],
    ["Cost", cost && cost.lines.length > 0 ? coloured([costChangeText(cost), ...costChangeLines(cost)]) : ""],
    ...faultGroups(faults).map(
      ({ faults: same, lines }) =>
        [`${KINDS[same[0]?.kind ?? "changed"]} ${same.map(({ fault }) => fault).join(", ")}`, coloured(lines)] as const,
    ),
    ["Not compared", uncompared.map(visible).join("\n")],
  ];
  const shown = parts
    .filter(([, text]) => text !== "")
    .map(([name, text]) => `${paint("bold", visible(name))}\n${text}`);
  return [paint("bold", "Changes since the base"), ...shown].join("\n\n");
}

const KINDS = { changed: "After", new: "New fault:", vanished: "Fault that no longer exists:" } as const;

function verdictTable(changes: readonly Changes["promises"][number][]): string {
  return table(
    ["", "before", "after"],
    changes.map((change) => {
      const word = verdictWord(change.after);
      const direction = worsening(change);
      return [
        visible(change.id),
        verdictWord(change.before),
        direction === 0 ? word : paint(direction > 0 ? "red" : "green", word),
      ];
    }),
  );
}

function coloured(lines: readonly string[]): string {
  return lines
    .map(visible)
    .map((line) => (line.startsWith("+ ") ? paint("green", line) : line.startsWith("- ") ? paint("red", line) : line))
    .join("\n");
}
