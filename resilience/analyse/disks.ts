import { toleratedDisks } from "../../topologies/levels.ts";
import type { FaultEvent } from "../fault.ts";
import type { DiskArray, System } from "../system.ts";
import type { Trail } from "./trail.ts";

/** One way in which failed disks may fall on the arrays: what is lost, and what can't be told, after each step. */
export type DiskScenario = readonly (readonly string[])[];

type DiskEvent = Extract<FaultEvent, { kind: "disk" }>;

interface Candidate {
  readonly site: string;
  readonly name: string;
  readonly key: string;
  /** Disks that must fail for the data to be lost. */
  readonly need: number;
}

/**
 * The worst ways in which the disks of a fault can fall on the arrays. Disks add up over the steps, as nothing is rebuilt
 * in between; `disk:site:n` says nothing about where, so every choice of arrays that n disks can destroy is one way.
 */
export function diskScenarios(
  system: System,
  steps: readonly (readonly FaultEvent[])[],
  trail: Trail,
): readonly DiskScenario[] {
  const known: Candidate[] = [];
  const unclear: Candidate[] = [];
  for (const site of system.sites) {
    for (const array of site.servers.flatMap(({ arrays }) => arrays)) {
      if (!steps.flat().some((event) => event.kind === "disk" && touches(event, site.name, array.name))) continue;
      const need = disksToLose(array, trail);
      const candidate = { site: site.name, name: array.name, key: `${array.server}/${array.name}`, need: need ?? 0 };
      (need === undefined ? unclear : known).push(candidate);
    }
  }
  let scenarios: { readonly lost: readonly Candidate[]; readonly steps: readonly (readonly string[])[] }[] = [
    { lost: [], steps: [] },
  ];
  steps.forEach((_, index) => {
    const events = steps
      .slice(0, index + 1)
      .flat()
      .filter((event) => event.kind === "disk");
    const doubtful = unclear
      .filter(({ site, name }) => events.some((event) => touches(event, site, name)))
      .map(({ key }) => `array?:${key}`);
    scenarios = scenarios.flatMap(({ lost, steps: before }) =>
      largestLosses(known, lost, events).map((now) => ({
        lost: now,
        steps: [...before, [...now.map(({ key }) => `array:${key}`), ...doubtful]],
      })),
    );
  });
  return scenarios.map(({ steps: found }) => found);
}

function touches(event: DiskEvent, site: string, array: string): boolean {
  return event.site === site && (event.array === undefined || event.array === array);
}

function disksToLose(array: DiskArray, trail: Trail): number | undefined {
  const level = trail.read(array.level, `RAID level of ${array.name} on ${array.server}`);
  const disks = trail.read(array.disks, `disks of ${array.name} on ${array.server}`);
  if (level === undefined || disks === undefined) return undefined;
  const tolerated = toleratedDisks(level, disks);
  trail.say(
    `array ${array.name} on ${array.server} is ${level} of ${disks}: ${Number.isFinite(tolerated) ? `it survives ${tolerated} failed ${tolerated === 1 ? "disk" : "disks"}` : "its provider answers for its disks"}`,
    ...(array.level.state === "known" ? [array.level.source.urn] : []),
  );
  return tolerated + 1;
}

/** The largest sets of arrays, among those that hold what is lost already, that the events' disks suffice to destroy. */
function largestLosses(
  candidates: readonly Candidate[],
  lost: readonly Candidate[],
  events: readonly DiskEvent[],
): readonly (readonly Candidate[])[] {
  let sets: (readonly Candidate[])[] = [lost];
  for (const candidate of candidates) {
    if (lost.includes(candidate)) continue;
    sets = sets.flatMap((set) => (affordable([...set, candidate], events) ? [set, [...set, candidate]] : [set]));
  }
  return sets.filter(
    (set) => !sets.some((other) => other.length > set.length && set.every((each) => other.includes(each))),
  );
}

function affordable(set: readonly Candidate[], events: readonly DiskEvent[]): boolean {
  return [...new Set(set.map(({ site }) => site))].every((site) => {
    const here = events.filter((event) => event.site === site);
    const free = sum(here.filter(({ array }) => array === undefined).map(({ count }) => count));
    const names = [...new Set(set.filter((each) => each.site === site).map(({ name }) => name))];
    const beyond = names.map((name) => {
      const need = sum(set.filter((each) => each.site === site && each.name === name).map((each) => each.need));
      return Math.max(0, need - sum(here.filter(({ array }) => array === name).map(({ count }) => count)));
    });
    return sum(beyond) <= free;
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
