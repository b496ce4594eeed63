import type { Fault, FaultEvent } from "../fault.ts";
import type { System } from "../system.ts";
import type { DiskScenario } from "./disks.ts";
import { lostPrimaries } from "./disk-failover.ts";
import { followUps } from "./follow.ts";
import type { Heal } from "./restart.ts";
import { strike } from "./strike.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** One step of a fault: what it finds, what it does, and what comes back afterwards. */
export interface Step {
  readonly events: readonly FaultEvent[];
  readonly before: World;
  /** At the moment of the fault, nothing healed yet. */
  readonly struck: World;
  readonly heals: readonly Heal[];
}

/**
 * Plays a fault, step by step. Between steps all that heals by itself has healed, and nothing else has been repaired or
 * rebuilt.
 */
export function play(system: System, fault: Fault, scenario: DiskScenario, trail: Trail): readonly Step[] {
  const steps: Step[] = [];
  let found: ReadonlySet<string> = new Set();
  fault.steps.forEach((events, index) => {
    const last = index === fault.steps.length - 1;
    const before = new World(system, found, last ? trail : new Trail());
    const strikes = events.map((event) => strike(before, event));
    const lasting = new Set([...found, ...(scenario[index] ?? []), ...strikes.flatMap((each) => each.lasting)]);
    const direct = strikes.flatMap(({ heals }) => heals).filter(({ keys }) => !keys.every((key) => found.has(key)));
    const afterDirect = new World(system, including(lasting, direct), before.trail);
    const failovers = lostPrimaries(before, afterDirect);
    const hurt = new World(system, including(lasting, [...direct, ...failovers]), before.trail);
    const heals = [...direct, ...failovers, ...followUps(before, hurt, events, [...direct, ...failovers])];
    const struck = new World(system, including(lasting, heals), before.trail);
    steps.push({ events, before, struck, heals });
    found = settledKeys(struck.broken, heals);
  });
  return steps;
}

function including(lasting: ReadonlySet<string>, heals: readonly Heal[]): ReadonlySet<string> {
  return new Set([...lasting, ...heals.flatMap(({ keys }) => keys)]);
}

/** What is still broken when all has healed that does so in a known time. */
export function settledKeys(
  struck: ReadonlySet<string>,
  heals: readonly Heal[],
  at = Number.MAX_VALUE,
): ReadonlySet<string> {
  const pending = new Set(heals.filter(({ seconds }) => seconds === null || seconds > at).flatMap(({ keys }) => keys));
  const healed = new Set(heals.flatMap(({ keys }) => keys).filter((key) => !pending.has(key)));
  return new Set([...struck].filter((key) => !healed.has(key)));
}
