import { valueOf } from "../../resilience/fact.ts";
import type { Site, System } from "../../resilience/system.ts";
import { bitRate } from "../view.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

const BOX = { width: 340, gap: 140, top: 96, line: 22, pad: 16 };

interface Line {
  readonly text: string;
  readonly style: string;
}

/** The sites, what runs in each, the tunnels between them, and how clients find them. */
export function diagram(system: System): Html {
  const { sites } = system;
  const contents = sites.map((site) => linesOf(system, site));
  const height = BOX.pad * 2 + BOX.line * Math.max(1, ...contents.map(({ length }) => length));
  const width = sites.length * BOX.width + (sites.length - 1) * BOX.gap + 2;
  const left = (index: number): number => 1 + index * (BOX.width + BOX.gap);
  const boxes = sites.map((site, index) => siteBox(contents[index] ?? [], left(index), height));
  const ties = sites
    .slice(1)
    .map((site, index) => tie(system, sites[index], site, left(index) + BOX.width, BOX.top + height / 2));
  const clients = sites.map((site, index) => {
    const x = left(index) + BOX.width / 2;
    return html`<path class="tie" d="M ${width / 2} 40 L ${x} ${BOX.top - 4}" /><text
        class="name"
        x="${x}"
        y="${BOX.top - 24}"
        text-anchor="middle"
        >${shareOf(system, site.name)}</text
      >`;
  });
  const label = `Sites ${sites.map(({ name }) => name).join(", ")} and what runs in each`;
  return html`<figure>
    <svg viewBox="0 0 ${width} ${BOX.top + height + 2}" role="img" aria-label="${label}">
      <text class="strong" x="${width / 2}" y="18" text-anchor="middle">clients</text>
      <text class="small" x="${width / 2}" y="36" text-anchor="middle">${recordText(system)}</text>
      ${clients} ${boxes} ${ties}
    </svg>
    <figcaption>${label}, as read from the declared resources.</figcaption>
  </figure>`;
}

function siteBox(lines: readonly Line[], x: number, height: number): Html {
  const texts = lines.map(
    ({ text, style }, index) =>
      html`<text class="${style}" x="${x + BOX.pad}" y="${BOX.top + BOX.pad + BOX.line * (index + 0.7)}"
        >${shorten(text)}</text
      >`,
  );
  return html`<rect class="box" x="${x}" y="${BOX.top}" width="${BOX.width}" height="${height}" rx="8" />${texts}`;
}

/** A line must stay inside its box; what is cut is told in full below the diagram. */
function shorten(text: string): string {
  const longest = 46;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function tie(system: System, from: Site | undefined, to: Site, x: number, y: number): Html {
  const link = system.links.find((candidate) => candidate.from === from?.name && candidate.to === to.name);
  if (!link) return html`<text class="small" x="${x + BOX.gap / 2}" y="${y}" text-anchor="middle">no tunnel</text>`;
  const encrypted = valueOf(link.encrypted);
  const words = encrypted === undefined ? "tunnel" : encrypted ? "encrypted tunnel" : "tunnel, plain";
  return html`<path class="tie" d="M ${x} ${y} h ${BOX.gap}" /><text
      class="name"
      x="${x + BOX.gap / 2}"
      y="${y - 8}"
      text-anchor="middle"
      >${words}</text
    >`;
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

function shareOf(system: System, site: string): string {
  const targets = system.nameServers[0]?.records[0]?.targets ?? [];
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const own = targets.filter((target) => target.site === site).reduce((sum, { weight }) => sum + weight, 0);
  return total > 0 ? `${Math.round((100 * own) / total)} %` : "share unknown";
}

function recordText(system: System): string {
  const record = system.nameServers[0]?.records[0];
  if (!record) return "no DNS record could be read";
  return `DNS, TTL ${record.ttl} s, ${record.check ? `sites checked every ${record.check.interval} s` : "static"}`;
}
