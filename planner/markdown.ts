/**
 * Markdown for comments on GitHub and GitLab, in which nothing that was read from a resource is markup: names go into code
 * spans and sentences into fenced blocks, where neither platform looks for mentions, references, links, emoji or commands.
 */

/**
 * Characters that change how the text around them is shown, or that are not shown at all (line breaks, reversed writing,
 * zero width), written out.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    character === "\n" || character === "\t" || character === "\r"
      ? " "
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** A code span. A pipe would end a table's cell even inside code, so it is written out as well. */
export function code(text: string): string {
  const shown = visible(text).replaceAll("|", "\\u{7c}");
  if (shown.trim() === "") return "` `";
  const fence = "`".repeat(longestRun(shown) + 1);
  // A blank beside a backtick is taken away by the reader again.
  return /^[` ]|[` ]$/.test(shown) ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

/** A fenced block; `language` is ours, never read. */
export function block(lines: readonly string[], language: "diff" | "text"): string {
  const shown = lines.map(visible);
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return [`${fence}${language}`, ...shown, fence].join("\n");
}

/** A table; the cells are Markdown already: of {@link code}, or words of ours. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Folded until somebody opens it; the blank lines let Markdown be read inside. `summary` is HTML of ours. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** As a folded part's summary shows it: HTML, in which neither platform reads Markdown. */
export function htmlCode(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return `<code>${visible(text).replace(/[&<>"]/g, (character) => entities[character] ?? "")}</code>`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
