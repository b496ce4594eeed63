import { markup } from "../../planner/report/html.ts";
import type { Html } from "../../planner/report/html.ts";
import type { Timeline } from "./schema.ts";

/** Sizes in the units of the drawing; letters are as large in both layouts as the report's other pictures have them. */
const WIDE = { width: 820, plot: 110 };
const NARROW = { width: 380, plot: 90 };
const ROOM = { left: 44, right: 12, head: 30, foot: 26, gap: 14, marks: 20 };
/** Widest on average that a character of this size is drawn. */
const LETTER = 6.6;

/** The report's colours, for a file that stands alone; light or dark as the reader has it. */
const STYLE = `svg { --text: #1b2430; --dim: #5b6675; --page: #ffffff; --soft: #f3f5f8; --line: #c9ced6; --bad: #b42318; --mark: #0b57a4; font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; background: var(--page); } @media (prefers-color-scheme: dark) { svg { --text: #e6eaf0; --dim: #a3adba; --page: #12181f; --soft: #1d2530; --line: #3a4452; --bad: #ff8a80; --mark: #7ab8ff; } } text { fill: var(--text); } .small { font-size: 12.5px; fill: var(--dim); } .strong { font-weight: 600; font-size: 16px; } .box { fill: var(--soft); stroke: var(--line); }`;

/** The picture as a file of its own. */
export function timelinePicture(timeline: Timeline, label: string): string {
  const { text } = drawing(timeline, label, "beside");
  return `${text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ').replace(">", `><style>${STYLE}</style>`)}\n`;
}

/** The picture for the report: wide, and narrow for a phone. */
export function timelineFigure(timeline: Timeline, label: string): Html {
  return markup`<figure>
${drawing(timeline, label, "beside")}
${drawing(timeline, label, "stacked")}
<figcaption>${label}: requests per second of the clients at each site; answered in blue, failed above them in red. Seconds from the fault.</figcaption>
</figure>`;
}

/** One panel for each site, below one another, on one axis of time. */
function drawing(timeline: Timeline, label: string, layout: "beside" | "stacked"): Html {
  const { width, plot } = layout === "beside" ? WIDE : NARROW;
  const { sites, marks, from } = timeline;
  const seconds = Math.max(1, sites[0]?.answered.length ?? 1);
  const inner = width - ROOM.left - ROOM.right;
  const x = (second: number): number => ROOM.left + ((second - from) / seconds) * inner;
  const panel = ROOM.head + plot + ROOM.gap;
  const top = ROOM.marks * marks.length;
  const height = top + panel * Math.max(1, sites.length) + ROOM.foot;
  const panels = sites.map((site, index) => sitePanel(site, { x, from, plot, inner, y: top + index * panel }));
  const lines = marks.map(({ second, text }, index) =>
    mark(text, x(second), { index, width, bottom: height - ROOM.foot }),
  );
  const ticks = tickSeconds(from, seconds, layout === "beside" ? 10 : 4).map(
    (second) =>
      markup`<text class="small" x="${at(x(second))}" y="${height - 8}" text-anchor="middle">${second}</text>`,
  );
  return markup`<svg class="${layout}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${panels}
${lines}
${ticks}
</svg>`;
}

interface Panel {
  readonly x: (second: number) => number;
  readonly from: number;
  readonly plot: number;
  readonly inner: number;
  readonly y: number;
}

function sitePanel({ site, answered, failed }: Timeline["sites"][number], { x, from, plot, inner, y }: Panel): Html {
  const most = Math.max(1, ...answered.map((count, index) => count + (failed[index] ?? 0)));
  const [top, bottom] = [y + ROOM.head, y + ROOM.head + plot];
  const level = (count: number): number => bottom - (count / most) * plot;
  const area = (counts: readonly number[]): string => {
    const steps = counts.map(
      (count, index) => `L ${at(x(from + index))} ${at(level(count))} L ${at(x(from + index + 1))} ${at(level(count))}`,
    );
    return `M ${at(x(from))} ${bottom} ${steps.join(" ")} L ${at(x(from + counts.length))} ${bottom} Z`;
  };
  // Failed requests stand on the answered ones: no colour hides another.
  const bars = failed
    .map((count, index) => {
      const [low, high] = [level(answered[index] ?? 0), level((answered[index] ?? 0) + count)];
      const [left, right] = [x(from + index), x(from + index + 1)];
      return count === 0
        ? ""
        : `M ${at(left)} ${at(low)} L ${at(left)} ${at(high)} L ${at(right)} ${at(high)} L ${at(right)} ${at(low)} Z`;
    })
    .join(" ")
    .trim();
  return markup`<text class="strong" x="${ROOM.left}" y="${y + 20}">${site}</text>
<rect class="box" x="${ROOM.left}" y="${top}" width="${inner}" height="${plot}" />
<text class="small" x="${ROOM.left - 6}" y="${top + 10}" text-anchor="end">${most}</text><text class="small" x="${ROOM.left - 6}" y="${bottom}" text-anchor="end">0</text>
<path d="${area(answered)}" style="fill: var(--mark); fill-opacity: 0.45; stroke: var(--mark)" />
<path d="${bars}" style="fill: var(--bad); fill-opacity: 0.75; stroke: none" />`;
}

/** A line through all panels; its words stand above, in a row of their own, on the side that has room. */
function mark(
  text: string,
  x: number,
  { index, width, bottom }: { index: number; width: number; bottom: number },
): Html {
  const y = ROOM.marks * index + 14;
  const before = x + text.length * LETTER + 6 > width;
  return markup`<path d="M ${at(x)} ${y - 10} V ${bottom}" style="stroke: var(--text); stroke-dasharray: 4 3; fill: none" /><text class="small" x="${at(before ? x - 5 : x + 5)}" y="${y}" text-anchor="${before ? "end" : "start"}" style="paint-order: stroke; stroke: var(--page); stroke-width: 4px">${text}</text>`;
}

/** Round seconds, the fault's own among them. */
export function tickSeconds(from: number, seconds: number, most: number): readonly number[] {
  const step =
    [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600].find((size) => seconds / size <= most) ?? 7200;
  const first = Math.ceil(from / step) * step;
  const count = Math.floor((from + seconds - first) / step) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
}

const at = (value: number): number => Math.round(value * 10) / 10;
