import { valueOf } from "../../resilience/fact.ts";
import type { AddressRecord, Site, System } from "../../resilience/system.ts";
import { bitRate } from "../view.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";

const BOX = { width: 340, gap: 140, line: 22, pad: 16, head: 64, rail: 26 };

interface Line {
  readonly text: string;
  readonly style: string;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Colours that can be read on white and on dark pages alike; the report's own follow its style sheet. */
const PICTURE_STYLE = `svg { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; background: #fff; } text { fill: #1c2430; } .small { font-size: 12.5px; fill: #56606e; } .strong { font-weight: 600; font-size: 16px; } .page { fill: #fff; } .box { fill: #f2f4f8; stroke: #ccd2dc; } .tie { stroke: #0b5394; stroke-width: 2; fill: none; } .name { fill: #0b5394; font-size: 12.5px; }`;

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
  const contents = sites.map((site) => linesOf(system, site));
  const boxHeight = BOX.pad * 2 + BOX.line * Math.max(1, ...contents.map(({ length }) => length));
  const beside = layout === "beside";
  const places = sites.map((_, index) =>
    beside
      ? { x: 1 + index * (BOX.width + BOX.gap), y: BOX.head + 32 }
      : { x: BOX.rail, y: BOX.head + index * (boxHeight + BOX.gap / 2) },
  );
  const last = places.at(-1) ?? { x: 0, y: 0 };
  const [width, height] = [last.x + BOX.width + 2, last.y + boxHeight + 2];
  const middle = beside ? width / 2 : BOX.rail + BOX.width / 2;
  const boxes = places.map((place, index) => siteBox(contents[index] ?? [], place, boxHeight));
  const ways = places.map(({ x, y }) =>
    beside
      ? markup`<path class="tie" d="M ${middle} 44 L ${x + BOX.width / 2} ${y - 2}" />`
      : markup`<path class="tie" d="M ${middle} 30 H 8 V ${y + boxHeight / 2} H ${x}" />`,
  );
  const ties = places.slice(1).map((place, index) => {
    const from = places[index] ?? place;
    const words = tunnelText(system, sites[index]?.name, sites[index + 1]?.name);
    return beside ? acrossTie(words, from, boxHeight) : downTie(words, middle, from.y + boxHeight);
  });
  return markup`<svg class="${layout}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${ways}
<rect class="page" x="${middle - 130}" y="0" width="260" height="46" />
<text class="strong" x="${middle}" y="18" text-anchor="middle">clients</text>
<text class="small" x="${middle}" y="38" text-anchor="middle">${recordText(system)}</text>
${boxes}
${ties}
</svg>`;
}

function acrossTie(words: string, { x, y }: Place, boxHeight: number): Html {
  const [left, level] = [x + BOX.width, y + boxHeight / 2];
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

function siteBox(lines: readonly Line[], { x, y }: Place, height: number): Html {
  const texts = lines.map(
    ({ text, style }, index) =>
      markup`<text class="${style}" x="${x + BOX.pad}" y="${y + BOX.pad + BOX.line * (index + 0.7)}">${shorten(text)}</text>`,
  );
  return markup`<rect class="box" x="${x}" y="${y}" width="${BOX.width}" height="${height}" rx="8" />${texts}`;
}

/** A line must stay inside its box; what is cut is told in full below the diagram. */
function shorten(text: string): string {
  const longest = 46;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function linesOf(system: System, site: Site): readonly Line[] {
  const here = <T extends { readonly site: string }>(items: readonly T[]): readonly T[] =>
    items.filter((item) => item.site === site.name);
  const uplink = valueOf(site.uplink);
  const arrays = site.servers.flatMap((server) =>
    server.arrays.map(
      (array) =>
        `${server.name}/${array.name}: ${valueOf(array.disks) ?? "?"} × ${valueOf(array.level) ?? "level unknown"}`,
    ),
  );
  const services = [...new Set(here(system.services).map(({ name }) => name))];
  const members = system.mongo.flatMap((set) =>
    here(set.members).map(({ arbiter, priority }) =>
      arbiter ? "arbiter" : priority > 0 ? "electable member" : "member, priority 0",
    ),
  );
  const small = (text: string): Line => ({ text, style: "small" });
  const plain = (text: string): Line => ({ text, style: "" });
  return [
    { text: site.name, style: "strong" },
    small(shareText(system, site.name)),
    small(`uplink ${uplink === undefined ? "unknown" : bitRate(uplink)}`),
    ...arrays.map(small),
    ...here(system.proxies).map((proxy) => plain(`proxy × ${valueOf(proxy.replicas) ?? "?"}`)),
    ...(here(system.nameServers).length > 0 ? [plain("name server")] : []),
    ...(services.length > 0 ? [plain(`services: ${services.join(", ")}`)] : []),
    ...here(system.postgres).map((cluster) =>
      plain(`PostgreSQL ${postgresRole(valueOf(cluster.replica))} × ${valueOf(cluster.instances) ?? "?"}`),
    ),
    ...(members.length > 0 ? [plain(`MongoDB: ${members.join(", ")}`)] : []),
    ...here(system.backupStores).map((store) => plain(`backup store on ${storeArray(valueOf(store.array))}`)),
  ];
}

function postgresRole(replica: boolean | undefined): string {
  return replica === undefined ? "(role unknown)" : replica ? "standby" : "primary";
}

function storeArray(array: { readonly server: string; readonly array: string } | undefined): string {
  return array ? `${array.server}/${array.array}` : "an unknown array";
}

function shareText(system: System, site: string): string {
  const targets = publicRecord(system)?.targets ?? [];
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const own = targets.filter((target) => target.site === site).reduce((sum, { weight }) => sum + weight, 0);
  return total > 0 ? `${Math.round((100 * own) / total)} % of the clients` : "share of the clients unknown";
}

/** The record by which clients find the platform: the one that leads to most sites. */
function publicRecord({ nameServers }: System): AddressRecord | undefined {
  const records = nameServers.flatMap((server) => server.records);
  const breadth = ({ targets }: AddressRecord): number => new Set(targets.map(({ site }) => site)).size;
  return [...records].sort((a, b) => breadth(b) - breadth(a))[0];
}

function recordText(system: System): string {
  const record = publicRecord(system);
  if (!record) return "no DNS record could be read";
  return `DNS, TTL ${record.ttl} s, ${record.check ? `sites checked every ${record.check.interval} s` : "static"}`;
}
