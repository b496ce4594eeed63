/**
 * Sizes and times that carry their unit in the type: a bare number is refused by the compiler wherever one of these is
 * wanted, and every value is held in one base unit (seconds, bytes, bits per second), so none needs converting.
 */
declare const unit: unique symbol;

type Quantity<U extends string> = number & { readonly [unit]: U };

/** A span of time, in seconds. */
export type Seconds = Quantity<"s">;
/** A size, in bytes. */
export type Bytes = Quantity<"B">;
/** A rate, in bits per second. */
export type BitsPerSecond = Quantity<"bit/s">;

function quantity<U extends string>(name: string, value: number): Quantity<U> {
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`${name}(${value}): a finite number of at least 0 is wanted`);
  }
  return value as Quantity<U>;
}

export const seconds = (n: number): Seconds => quantity("seconds", n);
export const minutes = (n: number): Seconds => quantity("minutes", n * 60);
export const hours = (n: number): Seconds => quantity("hours", n * 3600);
export const days = (n: number): Seconds => quantity("days", n * 86_400);
export const bytes = (n: number): Bytes => quantity("bytes", n);
export const kilobytes = (n: number): Bytes => quantity("kilobytes", n * 1000);
export const megabytes = (n: number): Bytes => quantity("megabytes", n * 1_000_000);
export const gib = (n: number): Bytes => quantity("gib", n * 2 ** 30);
export const megabitsPerSecond = (n: number): BitsPerSecond => quantity("megabitsPerSecond", n * 1_000_000);

/** Writes a span as a person says it: `0.5 s`, `45 s`, `5 min`, `1 d`, `1 week`; two figures at the most. */
export function formatSeconds(value: number): string {
  if (value === Infinity) return "forever";
  const units: readonly [number, string][] = [
    [604_800, "week"],
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ];
  for (const [size, name] of units) {
    if (value >= size && (value % size === 0 || value >= 2 * size)) {
      const count = Math.round((value / size) * 10) / 10;
      return `${count} ${name === "week" && count !== 1 ? "weeks" : name}`;
    }
  }
  return `${Math.round(value * 10) / 10} s`;
}

/** Kubernetes' notation of a size, in whole mebibytes or gibibytes. */
export function kubernetesSize(size: Bytes): string {
  const mebibytes = Math.ceil(size / 2 ** 20);
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}
