/** Notations of amounts and times that Kubernetes, Go, and PostgreSQL read; `undefined`: not in that notation. */

const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A Kubernetes quantity, `250m`, `20Gi`, `1e3`, in its base unit (cores, bytes). */
export function parseQuantity(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const match = /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(value);
  const factor = SUFFIXES[match?.[2] ?? ""];
  return match && factor !== undefined ? Number(match[1]) * factor : undefined;
}

const GO_UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A Go duration, `1h30m`, in seconds; a bare number is seconds, as Traefik reads it. */
export function parseGoDuration(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value === "") return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (GO_UNITS[unit ?? ""] ?? NaN),
    0,
  );
}

const POSTGRES_UNITS: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
};

/**
 * A time setting of PostgreSQL, in seconds.
 *
 * @param base the unit of a bare number, in seconds: each setting has its own (`archive_timeout` 1, `wal_receiver_timeout` 0.001)
 */
export function parsePostgresTime(value: unknown, base: number): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(String(value));
  if (!match) return undefined;
  return Number(match[1]) * (match[2] === undefined ? base : (POSTGRES_UNITS[match[2]] ?? NaN));
}

const POSTGRES_SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
};

/**
 * A size setting of PostgreSQL, in bytes; its units are powers of 1024.
 *
 * @param base the unit of a bare number, in bytes: each setting has its own (`wal_keep_size` 2²⁰)
 */
export function parsePostgresSize(value: unknown, base: number): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?\s*$/.exec(String(value));
  if (!match) return undefined;
  return Number(match[1]) * (match[2] === undefined ? base : (POSTGRES_SIZES[match[2]] ?? NaN));
}
