import { valueOf } from "../../resilience/fact.ts";
import type { System } from "../../resilience/system.ts";
import { outsideAuthorities, recordText } from "./client-ways.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { linesOf, zoneColumns } from "./site-lines.ts";
import type { Line, ZoneColumn } from "./site-lines.ts";

const BOX = { width: 340, gap: 140, line: 22, pad: 16, head: 64, rail: 26 };
/** A drawing of one site is as wide as one of two: otherwise its letters would be shown twice as large. */
const NARROWEST = 2 * BOX.width + BOX.gap + 3;
/** Columns of zones: the gap between two, the height of a server in one, the room above and below. */
const ZONE = { gap: 8, line: 20, head: 22, pad: 8 };
/** The box of a name service outside of the sites, below the clients. */
const OUTSIDE = { width: 260, height: 28, gap: 6 };

/** What a site's box holds: lines, and below them its zones side by side. */
interface Content {
  readonly lines: readonly Line[];
  readonly zones: readonly ZoneColumn[];
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** Colours that can be read on white and on dark pages alike; the report's own follow its style sheet. */
const PICTURE_STYLE = `svg { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; background: #fff; } text { fill: #1c2430; } .small { font-size: 12.5px; fill: #56606e; } .strong { font-weight: 600; font-size: 16px; } .page { fill: #fff; } .box { fill: #f2f4f8; stroke: #ccd2dc; } .tie { stroke: #0b5394; stroke-width: 2; fill: none; } .name { fill: #0b5394; font-size: 12.5px; } .zone { fill: #fff; stroke: #ccd2dc; stroke-dasharray: 4 3; }`;

/** The diagram as a file of its own, for a README or a slide. */
export function picture(system: System): string {
  const label = `Sites ${system.sites.map(({ name }) => name).join(", ")} and what runs in each`;
  const { text } = drawing(system, label, "beside");
  return `${text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ').replace(">", `><style>${PICTURE_STYLE}</style>`)}\n`;
}

/** The sites, what runs in each, the tunnels between them, and how clients find them: side by side, and stacked for a phone. */
export function diagram(system: System): Html {
  const label = `Sites ${system.sites.map(({ name }) => name).join(", ")} and what runs in each`;
  return markup`<figure>
${drawing(system, label, "beside")}
${drawing(system, label, "stacked")}
<figcaption>${label}, as read from the declared resources.</figcaption>
</figure>`;
}

function drawing(system: System, label: string, layout: "beside" | "stacked"): Html {
  const { sites } = system;
  const outside = outsideAuthorities(system);
  const head = BOX.head + outside.length * (OUTSIDE.height + OUTSIDE.gap);
  const beside = layout === "beside";
  const contents = sites.map((site) => ({ lines: linesOf(system, site), zones: zoneColumns(site) }));
  const places = beside ? placesBeside(contents, head + 32) : placesBelow(contents, head);
  const last = places.at(-1) ?? { x: 0, y: 0, height: 0 };
  const [width, height] = [Math.max(last.x + BOX.width + 2, beside ? NARROWEST : 0), last.y + last.height + 2];
  const middle = beside ? width / 2 : BOX.rail + BOX.width / 2;
  const boxes = places.map((place, index) => siteBox(contents[index] ?? { lines: [], zones: [] }, place));
  const ways = places.map(({ x, y, height: boxHeight }) =>
    beside
      ? markup`<path class="tie" d="M ${middle} ${head - 20} L ${x + BOX.width / 2} ${y - 2}" />`
      : markup`<path class="tie" d="M ${middle} 30 H 8 V ${y + boxHeight / 2} H ${x}" />`,
  );
  const ties = places.slice(1).map((place, index) => {
    const from = places[index] ?? place;
    const words = tunnelText(system, sites[index]?.name, sites[index + 1]?.name);
    return beside ? acrossTie(words, from) : downTie(words, middle, from.y + from.height);
  });
  return markup`<svg class="${layout}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${ways}
<rect class="page" x="${middle - 130}" y="0" width="260" height="46" />
<text class="strong" x="${middle}" y="18" text-anchor="middle">clients</text>
<text class="small" x="${middle}" y="38" text-anchor="middle">${recordText(system)}</text>
${outside.map((name, index) => outsideBox(name, middle, BOX.head - 12 + index * (OUTSIDE.height + OUTSIDE.gap)))}${boxes}
${ties}
</svg>`;
}

/** Boxes of one height, side by side; a single one stands in the middle. */
function placesBeside(contents: readonly Content[], y: number): readonly Place[] {
  const height = Math.max(...contents.map(contentHeight), 0);
  const width = contents.length * (BOX.width + BOX.gap) - BOX.gap + 3;
  const left = 1 + Math.max(0, NARROWEST - width) / 2;
  return contents.map((_, index) => ({ x: left + index * (BOX.width + BOX.gap), y, height }));
}

/** Boxes one below the other, each as high as it must be. */
function placesBelow(contents: readonly Content[], top: number): readonly Place[] {
  let y = top;
  return contents.map((content) => {
    const place = { x: BOX.rail, y, height: contentHeight(content) };
    y += place.height + BOX.gap / 2;
    return place;
  });
}

function acrossTie(words: string, { x, y, height }: Place): Html {
  const [left, level] = [x + BOX.width, y + height / 2];
  return markup`<path class="tie" d="M ${left} ${level} h ${BOX.gap}" /><text class="name" x="${left + BOX.gap / 2}" y="${level - 8}" text-anchor="middle">${words}</text>`;
}

function downTie(words: string, x: number, bottom: number): Html {
  return markup`<path class="tie" d="M ${x} ${bottom} v ${BOX.gap / 2}" /><text class="name" x="${x + 8}" y="${bottom + BOX.gap / 4 + 5}">${words}</text>`;
}

function tunnelText(system: System, from: string | undefined, to: string | undefined): string {
  const link = system.links.find((candidate) => candidate.from === from && candidate.to === to);
  const encrypted = link && valueOf(link.encrypted);
  if (!link) return "no tunnel";
  return encrypted === undefined ? "tunnel" : encrypted ? "encrypted tunnel" : "tunnel, plain";
}

function outsideBox(name: string, middle: number, y: number): Html {
  return markup`<rect class="box" x="${middle - OUTSIDE.width / 2}" y="${y}" width="${OUTSIDE.width}" height="${OUTSIDE.height}" rx="8" /><text class="small" x="${middle}" y="${y + 19}" text-anchor="middle">${shorten(name, OUTSIDE.width)}</text>`;
}

function contentHeight({ lines, zones }: Content): number {
  return BOX.pad * 2 + BOX.line * Math.max(1, lines.length) + (zones.length > 0 ? ZONE.pad + zoneHeight(zones) : 0);
}

function zoneHeight(zones: readonly ZoneColumn[]): number {
  return ZONE.head + ZONE.pad + ZONE.line * Math.max(1, ...zones.map(({ servers }) => servers.length));
}

function siteBox({ lines, zones }: Content, { x, y, height }: Place): Html {
  const texts = lines.map(
    ({ text, style }, index) =>
      markup`<text class="${style}" x="${x + BOX.pad}" y="${y + BOX.pad + BOX.line * (index + 0.7)}">${shorten(text)}</text>`,
  );
  return markup`<rect class="box" x="${x}" y="${y}" width="${BOX.width}" height="${height}" rx="8" />${texts}${zoneBoxes(zones, { x: x + BOX.pad, y: y + BOX.pad + BOX.line * lines.length + ZONE.pad })}`;
}

function zoneBoxes(zones: readonly ZoneColumn[], { x, y }: Pick<Place, "x" | "y">): readonly Html[] {
  const width = (BOX.width - 2 * BOX.pad - ZONE.gap * (zones.length - 1)) / zones.length;
  const height = zoneHeight(zones);
  return zones.map(({ name, servers }, column) => {
    const left = x + column * (width + ZONE.gap);
    const texts = servers.map(
      (server, row) =>
        markup`<text class="small" x="${left + ZONE.pad}" y="${y + ZONE.head + ZONE.line * (row + 0.7)}">${shorten(server, width - ZONE.pad)}</text>`,
    );
    return markup`<rect class="zone" x="${left}" y="${y}" width="${width}" height="${height}" rx="6" /><text class="name" x="${left + ZONE.pad}" y="${y + 16}">${shorten(`zone ${name}`, width - ZONE.pad)}</text>${texts}`;
  });
}

/** A line must stay inside its box; what is cut is told in full below the diagram. */
function shorten(text: string, width = BOX.width - BOX.pad): string {
  // Widest on average that a character of these sizes is drawn, in the units of the drawing.
  const longest = Math.floor(width / 7);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
