export interface ZoneRecord {
  /** Fully qualified, without the last dot. */
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  readonly type: string;
  /** The rest of the record: words, and texts without their quotes. */
  readonly data: readonly string[];
  /** Line on which it begins, from 1. */
  readonly line: number;
}

export interface ZoneFile {
  /** Owner of the SOA record. */
  readonly zone: string | undefined;
  readonly records: readonly ZoneRecord[];
  /** Lines that are no record. */
  readonly unread: readonly { readonly line: number; readonly why: string }[];
}

interface Line {
  readonly number: number;
  /** Does it begin with a blank: is the owner that of the record before? */
  readonly indented: boolean;
  readonly words: readonly string[];
}

/** A master file (RFC 1035, section 5; `$TTL` of RFC 2308). */
export function parseZoneFile(text: string): ZoneFile {
  const records: ZoneRecord[] = [];
  const unread: { line: number; why: string }[] = [];
  let origin = "";
  let defaultTtl: number | undefined;
  let owner: string | undefined;
  for (const { number, indented, words } of logicalLines(text)) {
    const [first = "", second = ""] = words;
    if (first === "$ORIGIN") {
      origin = second.replace(/\.$/, "");
    } else if (first === "$TTL") {
      defaultTtl = ttlOf(second);
    } else if (first.startsWith("$")) {
      unread.push({ line: number, why: `${first} is not followed` });
    } else {
      const rest = indented ? [...words] : words.slice(1);
      if (!indented) owner = absolute(first, origin);
      let ttl = defaultTtl;
      while (rest[0] !== undefined && (/^(IN|CH|HS)$/i.test(rest[0]) || ttlOf(rest[0]) !== undefined)) {
        ttl = ttlOf(rest[0]) ?? ttl;
        rest.shift();
      }
      const [type, ...data] = rest;
      if (owner === undefined || type === undefined || ttl === undefined)
        unread.push({ line: number, why: `"${words.join(" ")}" lacks an owner, a type or a TTL` });
      else records.push({ name: owner.toLowerCase(), ttl, type: type.toUpperCase(), data, line: number });
    }
  }
  return { zone: records.find(({ type }) => type === "SOA")?.name, records, unread };
}

/** Lines without comments; parentheses join several. */
function logicalLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let open: { number: number; indented: boolean; words: string[]; depth: number } | undefined;
  text.split("\n").forEach((raw, index) => {
    open ??= { number: index + 1, indented: /^\s/.test(raw), words: [], depth: 0 };
    for (const [token] of raw.matchAll(/"(?:\\.|[^"\\])*"|;.*|[()]|[^\s;()"]+/g)) {
      if (token.startsWith(";")) break;
      if (token === "(") open.depth++;
      else if (token === ")") open.depth--;
      else open.words.push(token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, "$1") : token);
    }
    if (open.depth > 0) return;
    if (open.words.length > 0) lines.push(open);
    open = undefined;
  });
  return lines;
}

/** A name without a last dot is relative to the origin. */
function absolute(name: string, origin: string): string {
  if (name === "@") return origin;
  return name.endsWith(".") ? name.slice(0, -1) : origin === "" ? name : `${name}.${origin}`;
}

const TTL_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds, or BIND's `1h30m`. */
function ttlOf(text: string): number | undefined {
  if (!/^(\d+[smhdw]?)+$/i.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhdw]?)/gi)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (TTL_UNITS[(unit ?? "").toLowerCase()] ?? 1),
    0,
  );
}
