import { bytes, days, gib, hours, minutes, seconds } from "../topologies/units.ts";
import type { Bytes, Seconds } from "../topologies/units.ts";

/** Units of time that the config may use; a month or a year has no fixed length. */
const TIMES: Readonly<Record<string, (n: number) => Seconds>> = { s: seconds, min: minutes, h: hours, d: days };

/** Kubernetes' binary units; a decimal `G` beside `Gi` would only invite mistakes. */
const SIZES: Readonly<Record<string, (n: number) => Bytes>> = {
  Mi: (n) => bytes(n * 2 ** 20),
  Gi: gib,
  Ti: (n) => gib(n * 1024),
};

/**
 * Reads a time as the config writes it: a whole number and `s`, `min`, `h` or `d`.
 * @throws RangeError when the text is anything else
 */
export function parseDuration(text: string): Seconds {
  return parse(text, TIMES, "a time such as 30s, 5min, 24h or 35d");
}

/**
 * Reads a size as the config writes it: a whole number and `Mi`, `Gi` or `Ti`.
 * @throws RangeError when the text is anything else
 */
export function parseSize(text: string): Bytes {
  return parse(text, SIZES, "a size such as 512Mi, 20Gi or 4Ti");
}

function parse<Q>(text: string, units: Readonly<Record<string, (n: number) => Q>>, wanted: string): Q {
  const [, digits, name] = /^(\d+)([A-Za-z]+)$/.exec(text) ?? [];
  const unit = name !== undefined && Object.hasOwn(units, name) ? units[name] : undefined;
  if (digits === undefined || unit === undefined) throw new RangeError(`"${text}": ${wanted} is wanted`);
  return unit(Number(digits));
}
