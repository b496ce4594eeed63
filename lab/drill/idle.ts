import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const LOOKED_AT_MS = 5000;
/** Of all processors' time. What a fault makes happen would else wait for a processor from its first moment on. */
const LEAST_IDLE = 0.05;

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
  readonly withinMs: number;
  readonly say: (text: string) => void;
  /** Default: what the kernel tells. */
  readonly look?: () => ProcessorTimes;
  readonly everyMs?: number;
}

/**
 * Waits until the processors have time left: after a start, first backups take all that this machine has.
 *
 * @returns what is to be told of a run that began without; nothing when it was waited for
 */
export async function untilIdle({
  withinMs,
  say,
  look = processorTimes,
  everyMs = LOOKED_AT_MS,
}: IdleSettings): Promise<readonly string[]> {
  const limit = Date.now() + withinMs;
  for (let told = false; ; told = true) {
    const before = look();
    await sleep(everyMs);
    const now = look();
    if (now.idle - before.idle >= LEAST_IDLE * (now.all - before.all)) return [];
    if (Date.now() >= limit) return ["no processor of this machine was idle before the fault"];
    if (!told) say("waiting for an idle processor");
  }
}
