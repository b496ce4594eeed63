import type { ServiceLevel, SiteOutcome } from "../outcome.ts";
import { settledKeys } from "./history.ts";
import type { Step } from "./history.ts";
import { bothUnserved, isWorse, siteLevels, signIn, worseLevel } from "./levels.ts";
import type { SiteLevels } from "./levels.ts";
import { stagesFor } from "./restart.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** A site's outcome, with what it rests on. */
export interface SiteResult {
  readonly outcome: SiteOutcome;
  readonly trail: Trail;
  /** Do its clients still go to its own addresses when all has settled? */
  readonly ownSite: boolean;
}

/** What each site's clients get at once, on the way, and when all that heals by itself has healed. */
export function siteResult(step: Step, site: string): SiteResult {
  const { system } = step.before;
  const world = (at: number): World => new World(system, settledKeys(step.struck.broken, step.heals, at), new Trail());
  const times = [
    ...new Set(step.heals.flatMap(({ seconds }) => (seconds !== null && Number.isFinite(seconds) ? [seconds] : []))),
  ].sort((a, b) => a - b);
  const phases = [-1, ...times].map((at) => ({ at: Math.max(0, at), levels: siteLevels(world(at), site) }));
  const settledWorld = world(Number.MAX_VALUE);
  const settled = siteLevels(settledWorld, site);
  const hoped = healedSomeday(step);
  const hopedLevels = hoped ? siteLevels(hoped, site) : settled;
  const trail = settled.trail;
  const reads = certain(settled.reads, hopedLevels.reads);
  const writes = certain(settled.writes, hopedLevels.writes);
  const onTheWay = phases.filter(({ levels }) => differs(levels, settled));
  const last = phases.reduce((index, { levels }, i) => (differs(levels, settled) ? i : index), -1);
  const next = phases[last + 1];
  const undecided = reads !== settled.reads || writes !== settled.writes || differs(settled, hopedLevels);
  const seconds = undecided ? null : last < 0 ? 0 : (next?.at ?? 0);
  const unserved = bothUnserved(settled.unserved, hopedLevels.unserved);
  const transition = {
    reads: onTheWay.map(({ levels }) => levels.reads).reduce(worseLevel, reads),
    writes: onTheWay.map(({ levels }) => levels.writes).reduce(worseLevel, writes),
    unserved: phases.map(({ levels }) => levels.unserved).reduce(bothUnserved, unserved),
    seconds,
    // Of several that end at that moment any one tells how it comes to be that late.
    stages: stagesFor(seconds, step.heals),
  };
  const signing = signIn(settledWorld, site, settled);
  const known = new Set(trail.reasons.map(({ text }) => text));
  // Where another backend answers at once, no level drops, and the wait for it is still worth a word.
  const during = ((onTheWay[0] ?? phases[0])?.levels.trail.reasons ?? [])
    .filter(({ text }) => !known.has(text))
    .map(({ text, urns }) => ({ text: `at first: ${text}`, urns }));
  return {
    outcome: {
      site,
      reads,
      writes,
      unserved,
      transition,
      signIn: reads === "unknown" ? "unknown" : signing.state,
      sessionsEndAfter: signing.lifetime,
      reasons: [...trail.reasons, ...during],
    },
    trail,
    ownSite: settled.ownSite,
  };
}

/** The world in which what takes an unknown time has healed too; `undefined` if nothing does. */
function healedSomeday(step: Step): World | undefined {
  const open = step.heals.filter(({ seconds }) => seconds === null);
  if (open.length === 0) return undefined;
  const timed = step.heals.map((each) => (each.seconds === null ? { ...each, seconds: 0 } : each));
  return new World(step.before.system, settledKeys(step.struck.broken, timed), new Trail());
}

function certain(settled: ServiceLevel, hoped: ServiceLevel): ServiceLevel {
  return settled === hoped ? settled : "unknown";
}

function differs(levels: SiteLevels, settled: SiteLevels): boolean {
  const more = levels.failing.some((request) => !settled.failing.includes(request));
  return more || isWorse(levels.reads, settled.reads) || isWorse(levels.writes, settled.writes);
}
