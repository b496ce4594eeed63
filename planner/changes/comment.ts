import { block, code, folded, htmlCode, markdownTable } from "../markdown.ts";
import { isUnchanged } from "./changes.ts";
import type { Changes, VerdictChange } from "./changes.ts";
import {
  costChangeLines,
  costChangeText,
  directions,
  faultGroups,
  findingLines,
  verdictLines,
  verdictWord,
} from "./lines.ts";

/** The first line of every comment: a pipeline finds its own comment by it and writes it anew instead of adding one. */
export const COMMENT_MARKER = "<!-- holdfast:check -->";

/** GitHub takes 65,536 characters, GitLab a million; some room is left for what a pipeline may add. */
const LONGEST_COMMENT = 60_000;
/** Lines of a folded part; the rest is counted. */
const LONGEST_PART = 80;
/** Faults that are named in a line; the rest is counted. */
const NAMED = 5;

/** What changed, as a comment for a pull or merge request. Nothing in it but our own words is read as Markdown. */
export function commentOf(changes: Changes): string {
  const { kept } = changes;
  const state = kept.after ? "All that must be kept is kept." : "Not every promise and policy is kept.";
  if (isUnchanged(changes)) {
    const aside = changes.uncompared.map((sentence) => ` ${sentence}`).join("");
    return `${COMMENT_MARKER}\n**Holdfast**: nothing changes in what a fault does to the platform. ${state}${aside}\n`;
  }
  const verdicts = [...changes.promises, ...changes.claims];
  const head = [
    COMMENT_MARKER,
    "### Holdfast: what this changes when something fails",
    `${directionText(verdicts)} ${state}`,
    ...stackNotes(changes),
    ...changes.uncompared,
    ...(verdicts.length > 0 ? [verdictTable(verdicts)] : []),
    ...(changes.cost && changes.cost.lines.length > 0 ? [`Cost: ${code(costChangeText(changes.cost))}`] : []),
  ];
  return `${withParts(head.join("\n\n"), partsOf(changes))}\n`;
}

function directionText(verdicts: readonly VerdictChange[]): string {
  const { worse, better } = directions(verdicts);
  const parts = [
    ...(worse.length > 0 ? [`Worse: ${worse.map(code).join(", ")}`] : []),
    ...(better.length > 0 ? [`Better: ${better.map(code).join(", ")}`] : []),
  ];
  return parts.length > 0 ? `**${parts.join(". ")}.**` : "No promise gets better or worse.";
}

function stackNotes({ stacks: { gone, come } }: Changes): readonly string[] {
  return [
    ...(gone.length > 0 ? [`Only the base has the stacks ${gone.map(code).join(", ")}.`] : []),
    ...(come.length > 0 ? [`The base lacks the stacks ${come.map(code).join(", ")}.`] : []),
  ];
}

function verdictTable(verdicts: readonly VerdictChange[]): string {
  return markdownTable(
    ["promise", "before", "after", "after which fault"],
    verdicts.map(({ id, before, after, faults }) => {
      const named = faults.slice(0, NAMED).map(({ fault }) => code(fault));
      const more = faults.length > NAMED ? ` and ${faults.length - NAMED} more` : "";
      return [code(id), verdictWord(before), strong(before, after), named.join(", ") + more];
    }),
  );
}

function strong(before: string | null, after: string | null): string {
  return before === after ? verdictWord(after) : `**${verdictWord(after)}**`;
}

function partsOf({ promises, claims, faults, policies, cost }: Changes): readonly string[] {
  return [
    ...[...promises, ...claims].map((change) => part(`${htmlCode(change.id)}: why`, verdictLines(change))),
    ...(policies && policies.violated.length > 0
      ? [part(`Policies newly violated: ${policies.violated.length}`, findingLines("+", policies.violated))]
      : []),
    ...(policies && policies.mended.length > 0
      ? [part(`Policies no longer violated: ${policies.mended.length}`, findingLines("-", policies.mended))]
      : []),
    ...(cost && cost.lines.length > 0 ? [part("Cost, line by line", costChangeLines(cost))] : []),
    ...faultGroups(faults).map((group) => {
      const names = group.faults.slice(0, NAMED).map(({ fault }) => htmlCode(fault));
      const more = group.faults.length > NAMED ? ` and ${group.faults.length - NAMED} more` : "";
      return part(`${KINDS[group.faults[0]?.kind ?? "changed"]} ${names.join(", ")}${more}`, group.lines);
    }),
  ];
}

const KINDS = { changed: "After", new: "New fault:", vanished: "Fault that no longer exists:" } as const;

function part(summary: string, lines: readonly string[]): string {
  const more = lines.length - LONGEST_PART;
  const shown = more > 0 ? [...lines.slice(0, LONGEST_PART), `  … and ${more} more lines`] : lines;
  return folded(summary, block(shown, "diff"));
}

/** Whole parts, as many as fit: one that is cut would swallow what comes after it. */
function withParts(head: string, parts: readonly string[]): string {
  let text = head;
  for (const [index, next] of parts.entries()) {
    if (text.length + next.length + 2 > LONGEST_COMMENT) {
      return `${text}\n\n${parts.length - index} more parts are left out here; \`holdfast check\` prints them all without \`--markdown\`.`;
    }
    text += `\n\n${next}`;
  }
  return text;
}
