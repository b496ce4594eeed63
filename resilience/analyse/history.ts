import type { Fault, FaultEvent } from "../fault.ts";
import type { System } from "../system.ts";
import type { DiskScenario } from "./disks.ts";
import { serversDying } from "./dead-servers.ts";
import { lostPrimaries } from "./disk-failover.ts";
import { afterNodeDeath } from "./failover.ts";
import { followUps } from "./follow.ts";
import type { Heal } from "./restart.ts";
import { strike } from "./strike.ts";
import type { Strike } from "./strike.ts";
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
 *
 * @param dying servers that are taken to die with the arrays that they lose, though nothing says that their system lay there
 */
export function play(
  system: System,
  fault: Fault,
  scenario: DiskScenario,
  trail: Trail,
  dying: readonly string[] = [],
): readonly Step[] {
  const steps: Step[] = [];
  let found: ReadonlySet<string> = new Set();
  fault.steps.forEach((events, index) => {
    const last = index === fault.steps.length - 1;
    const before = new World(system, found, last ? trail : new Trail());
    const strikes = events.map((event) => strike(before, event));
    const hit = new Set([...found, ...(scenario[index] ?? []), ...strikes.flatMap((each) => each.lasting)]);
    const deaths = deathsBy(new World(system, hit, before.trail), dying);
    const lasting = new Set([...hit, ...deaths.flatMap((each) => each.lasting)]);
    const direct = [...strikes, ...deaths]
      .flatMap(({ heals }) => heals)
      .filter(({ keys }) => !keys.every((key) => found.has(key)));
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

/** What dies with the arrays on which its system lay. */
function deathsBy(hit: World, dying: readonly string[]): readonly Strike[] {
  const { system, broken, trail } = hit;
  const lost = (name: string): boolean =>
    [...broken].some((key) => /^array\??:/.test(key) && key.includes(`:${name}/`));
  const taken = dying.filter((name) => lost(name) && !broken.has(`server:${name}`));
  const dead = [...new Set([...serversDying(system, broken), ...taken])];
  const world = new World(system, new Set([...broken, ...dead.map((name) => `server:${name}`)]), trail);
  for (const name of dead)
    trail.say(
      `${name} has lost the array on which its own system lies: the server is dead, and all that runs on it`,
      system.sites.find(({ servers }) => servers.some((server) => server.name === name))?.urn,
    );
  return dead.map((name) => afterNodeDeath(world, name));
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
