/** A range of IPv4 addresses. */
export interface Range {
  /** The first address, as a number. */
  readonly first: number;
  /** Length of the prefix in bits. */
  readonly bits: number;
}

/** An IPv4 address as a number. @throws when the text is none. */
export function addressNumber(text: string): number {
  const parts = text.split(".").map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : NaN));
  if (parts.length !== 4 || !parts.every((part) => part <= 255)) throw new Error(`no IPv4 address: ${text}`);
  return parts.reduce((number, part) => number * 256 + part, 0);
}

export const addressText = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

const sizeOf = ({ bits }: Range): number => 2 ** (32 - bits);

/** Reads `10.1.0.0/16`. @throws when the text is no range, or its address is not the range's first. */
export function parseRange(text: string): Range {
  const [address = "", length = ""] = text.split("/");
  const range = { first: addressNumber(address), bits: /^\d{1,2}$/.test(length) ? Number(length) : NaN };
  if (!(range.bits <= 32)) throw new Error(`no range of IPv4 addresses: ${text}`);
  if (range.first % sizeOf(range) !== 0) throw new Error(`${text} does not start at the first address of its range`);
  return range;
}

export const rangeText = ({ first, bits }: Range): string => `${addressText(first)}/${bits}`;

/** The range of that length which an address lies in. */
export function rangeAround(address: string, bits: number): Range {
  const number = addressNumber(address);
  return { first: number - (number % sizeOf({ first: 0, bits })), bits };
}

export const overlap = (one: Range, other: Range): boolean =>
  one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);

/** The address at a place in a range, counted from 0. @throws when the range is shorter. */
export function addressIn(range: Range, place: number): string {
  if (place < 0 || place >= sizeOf(range)) throw new Error(`${rangeText(range)} has no address number ${place}`);
  return addressText(range.first + place);
}

/** The smaller range at a place in a range, counted from 0. @throws when the range has no such part. */
export function partOf(range: Range, bits: number, place: number): Range {
  const part = { first: range.first + place * 2 ** (32 - bits), bits };
  if (bits < range.bits || place < 0 || part.first >= range.first + sizeOf(range))
    throw new Error(`${rangeText(range)} has no part number ${place} of /${bits}`);
  return part;
}

const contains = (outer: Range, inner: Range): boolean => outer.bits <= inner.bits && overlap(outer, inner);

/** What of a range lies in none of the others, as ranges. */
export function without(range: Range, others: readonly Range[]): readonly Range[] {
  const touching = others.filter((other) => overlap(range, other));
  if (touching.length === 0) return [range];
  if (touching.some((other) => contains(other, range))) return [];
  return [0, 1].flatMap((half) => without(partOf(range, range.bits + 1, half), touching));
}
