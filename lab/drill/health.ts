import { setTimeout as sleep } from "node:timers/promises";
import type { Load } from "../load/run.ts";
import { STEADY_MS, unsteady } from "./steady.ts";
import type { Expected } from "./steady.ts";

const BETWEEN_LOOKS_MS = 1000;

/**
 * Watches a load until all is well for a while.
 *
 * @returns what was wrong at the last look, in words; empty: nothing
 */
export async function untilSteady(
  load: Load,
  expected: Expected,
  { withinMs, say }: { readonly withinMs: number; readonly say: (text: string) => void },
): Promise<readonly string[]> {
  const end = Date.now() + withinMs;
  // What ended before this call tells of another time.
  await sleep(STEADY_MS);
  for (;;) {
    const wrong = await lookAt(load, expected);
    if (wrong.length === 0 || Date.now() > end) return wrong;
    say(`waiting: ${wrong.slice(0, 2).join("; ")}`);
    await sleep(BETWEEN_LOOKS_MS);
  }
}

/** What is wrong with a load now. */
export async function lookAt(load: Load, expected: Expected): Promise<readonly string[]> {
  const now = Date.now();
  const entries = (await load.peek()).flatMap((history) => history.entries);
  return unsteady(entries, now, expected);
}
