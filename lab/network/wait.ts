import { setTimeout as sleep } from "node:timers/promises";

const MILLISECONDS_BETWEEN_LOOKS = 50;

/** Waits until a condition holds. An exception counts as "not yet", and the last one is told when time runs out. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs: number,
  betweenMs = MILLISECONDS_BETWEEN_LOOKS,
): Promise<void> {
  const end = Date.now() + withinMs;
  let last: string;
  do {
    last = "";
    try {
      if (await holds()) return;
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    await sleep(betweenMs);
  } while (Date.now() < end);
  throw new Error(`not within ${withinMs / 1000} s: ${what}${last}`);
}
