/** The two files of an overlay gateway, read as WireGuard's and HAProxy's own readers do, as far as forwarding needs. */

export interface WireguardFile {
  /** Addresses of the interface, without the prefix length. */
  readonly addresses: readonly string[];
  readonly peers: readonly WireguardPeer[];
}

export interface WireguardPeer {
  readonly publicKey: string | undefined;
  readonly endpoint: string | undefined;
  readonly allowedIps: readonly string[];
  /** PersistentKeepalive, seconds; 0 is off, and the default. */
  readonly keepalive: number;
}

export function parseWireguard(text: string): WireguardFile {
  const sections = sectionsOf(text);
  const values = (section: Section, name: string): readonly string[] =>
    section.pairs
      .filter(([key]) => key === name.toLowerCase())
      .flatMap(([, value]) => value.split(",").map((part) => part.trim()))
      .filter((part) => part !== "");
  return {
    addresses: sections
      .filter(({ name }) => name === "interface")
      .flatMap((section) => values(section, "Address").map(withoutPrefix)),
    peers: sections
      .filter(({ name }) => name === "peer")
      .map((section) => ({
        publicKey: values(section, "PublicKey")[0],
        endpoint: values(section, "Endpoint")[0],
        allowedIps: values(section, "AllowedIPs"),
        keepalive: Number(values(section, "PersistentKeepalive")[0]) || 0,
      })),
  };
}

interface Section {
  readonly name: string;
  readonly pairs: (readonly [string, string])[];
}

function sectionsOf(text: string): readonly Section[] {
  const sections: Section[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.replace(/#.*$/, "").trim();
    const header = /^\[(\w+)\]$/.exec(line);
    if (header) sections.push({ name: (header[1] ?? "").toLowerCase(), pairs: [] });
    const equals = line.indexOf("=");
    if (!header && equals > 0)
      sections.at(-1)?.pairs.push([line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim()]);
  }
  return sections;
}

const withoutPrefix = (address: string): string => address.split("/")[0] ?? "";

/** A port on which HAProxy listens, and where it passes connections on. */
export interface Forward {
  /** Undefined: every address. */
  readonly address: string | undefined;
  readonly port: number;
  readonly servers: readonly { readonly host: string; readonly port: number }[];
}

/** Binds with the servers of their backend; `listen` sections are both. A bind whose backend is not there has no servers. */
export function parseHaproxy(text: string): readonly Forward[] {
  const binds: { section: string; address: string | undefined; port: number }[] = [];
  const servers = new Map<string, { host: string; port: number }[]>();
  const backendOf = new Map<string, string>();
  let section = "";
  for (const raw of text.split("\n")) {
    const [word = "", ...rest] = raw
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    const [first = "", second = ""] = rest;
    if (["frontend", "backend", "listen", "defaults", "global", "resolvers"].includes(word))
      section = `${word} ${first}`;
    if (word === "bind") {
      for (const part of first.split(",")) {
        const end = hostAndPort(part);
        if (end)
          binds.push({
            section,
            address: ["", "*", "0.0.0.0", "::"].includes(end.host) ? undefined : end.host,
            port: end.port,
          });
      }
    }
    if (word === "default_backend") backendOf.set(section, `backend ${first}`);
    if (word === "server") {
      const end = hostAndPort(second);
      if (end) servers.set(section, [...(servers.get(section) ?? []), end]);
    }
  }
  return binds.map(({ section: at, address, port }) => ({
    address,
    port,
    servers: servers.get(backendOf.get(at) ?? at) ?? [],
  }));
}

function hostAndPort(text: string): { host: string; port: number } | undefined {
  const match = /^(?:ipv[46]@)?(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text);
  return match ? { host: match[1] ?? match[2] ?? "", port: Number(match[3]) } : undefined;
}

/** Does an IPv4 address lie in a range, `10.255.0.2/32`? */
export function inRange(address: string, range: string): boolean {
  const [base = "", length = "32"] = range.split("/");
  const a = ipv4(address);
  const b = ipv4(base);
  if (a === undefined || b === undefined) return address === base;
  const size = 2 ** (32 - Number(length));
  return Math.floor(a / size) === Math.floor(b / size);
}

function ipv4(text: string): number | undefined {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
