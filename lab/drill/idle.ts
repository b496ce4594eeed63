import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** Processor time since the machine's start, milliseconds. */
export interface ProcessorTimes {
  readonly idle: number;
  readonly all: number;
}

/** What the kernel tells. */
export function processorTimes(): ProcessorTimes {
  const times = cpus().map((one) => one.times);
  const sum = (of: (time: (typeof times)[number]) => number): number =>
    times.reduce((total, one) => total + of(one), 0);
  return {
    idle: sum(({ idle }) => idle),
    all: sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq),
  };
}

export interface IdleSettings {
  /** Share of all processors' time. */
  readonly least: number;
  /** Over how long it is counted. */
  readonly everyMs: number;
  readonly withinMs: number;
  readonly say: (text: string) => void;
  /** Default: what the kernel tells. */
  readonly look?: () => ProcessorTimes;
}

/**
 * Waits until the processors have time left: after a start, first backups take all that this machine has.
 *
 * @returns what is to be told of a run that began without; nothing when it was waited for
 */
export async function untilIdle({
  least,
  withinMs,
  say,
  look = processorTimes,
  everyMs,
}: IdleSettings): Promise<readonly string[]> {
  const limit = Date.now() + withinMs;
  for (let told = false; ; told = true) {
    const before = look();
    await sleep(everyMs);
    const now = look();
    if (now.idle - before.idle >= least * (now.all - before.all)) return [];
    if (Date.now() >= limit) return ["this machine's processors were busy before the fault"];
    if (!told) say("waiting for an idle processor");
  }
}
