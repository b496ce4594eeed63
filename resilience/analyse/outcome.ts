import { capacityOf } from "../capacity/sites.ts";
import type { Fault } from "../fault.ts";
import { titleOf } from "../faults/title.ts";
import { formatSeconds } from "../../topologies/units.ts";
import type { Outcome, Recovery, Unserved } from "../outcome.ts";
import type { System } from "../system.ts";
import { serversInDoubt } from "./dead-servers.ts";
import { diskScenarios } from "./disks.ts";
import type { DiskScenario } from "./disks.ts";
import { dnsOutcome } from "./dns.ts";
import { play } from "./history.ts";
import { siteLevels } from "./levels.ts";
import type { Levels } from "./levels.ts";
import { losses } from "./loss.ts";
import { shares } from "./names.ts";
import { notesOn } from "./notes.ts";
import { judgePromises } from "./promises.ts";
import { recoveryOf } from "./recovery.ts";
import { runbookOf } from "./runbook.ts";
import { splitBrain } from "./split-brain.ts";
import { siteResult } from "./timeline.ts";
import { Trail } from "./trail.ts";
import { undecided } from "./undecided.ts";
import { World } from "./world.ts";
import { worstOf } from "./worst.ts";

type Parts = Omit<Outcome, "promises" | "runbook">;

/** What each site's clients get while nothing is wrong: the yardstick of every outcome. */
export function normalLevels(system: System): ReadonlyMap<string, Levels> {
  const world = new World(system, new Set(), new Trail());
  return new Map(
    system.sites.map(({ name }) => {
      const { reads, writes } = siteLevels(world, name);
      return [name, { reads: yardstick(reads), writes: yardstick(writes) }];
    }),
  );
}

/** What each site's clients do not get while nothing is wrong. */
export function usuallyUnserved(system: System): ReadonlyMap<string, Unserved> {
  const world = new World(system, new Set(), new Trail());
  return new Map(system.sites.map(({ name }) => [name, siteLevels(world, name).unserved]));
}

/** The outcome of a fault, without the verdicts on claims. */
export function outcomeOf(system: System, fault: Fault): Outcome {
  const normal = normalLevels(system);
  const trail = new Trail();
  const [first, ...others] = diskScenarios(system, fault.steps, trail);
  const parts = worstOf([
    readings(system, fault, first ?? [], normal, trail),
    ...others.map((scenario) => readings(system, fault, scenario, normal, trail)),
  ]);
  return { ...parts, promises: judgePromises(system, parts, normal), runbook: runbookOf(fault, parts.recovery) };
}

/** What is not known excuses nothing: measured against full service, a loss stays a loss. */
function yardstick(level: Levels["reads"]): Levels["reads"] {
  return level === "unknown" ? "full" : level;
}

/** A server that lost disks lives on or dies, where nothing says on which of them its system lies. */
function readings(
  system: System,
  fault: Fault,
  scenario: DiskScenario,
  normal: ReadonlyMap<string, Levels>,
  found: Trail,
): Parts {
  const lives = way(system, fault, scenario, normal, found, []);
  const end = play(system, fault, scenario, new Trail()).at(-1);
  const doubt = end ? serversInDoubt(system, end.struck.broken) : [];
  const names = doubt.map(({ name }) => name);
  const cases = names.length > 1 ? [names, ...names.map((name) => [name])] : names.map((name) => [name]);
  return undecided(
    lives,
    cases.map((dying) => ({
      condition: `if ${dying.join(" and ")} ${dying.length > 1 ? "die" : "dies"} with the disks`,
      parts: way(system, fault, scenario, normal, found, dying),
    })),
    doubt.map(({ name, systemArray }) => ({
      text: `whether ${name} lives on without the disks that it lost: ${systemArray.state === "known" ? `whether array ${systemArray.value}, which holds its system, is lost is not known` : systemArray.why}`,
      urns: system.sites.filter(({ servers }) => servers.some((server) => server.name === name)).map(({ urn }) => urn),
    })),
  );
}

/** One way in which the fault can fall. */
function way(
  system: System,
  fault: Fault,
  scenario: DiskScenario,
  normal: ReadonlyMap<string, Levels>,
  found: Trail,
  dying: readonly string[],
): Parts {
  const trail = new Trail();
  trail.take(found);
  for (const { urn, why } of system.unread) trail.missing(`a declared resource could not be read: ${why}`, urn);
  for (const event of fault.steps.flat()) notesOn(system, event, trail);
  const steps = play(system, fault, scenario, trail, dying);
  const last = steps.at(-1);
  if (!last) throw new Error("a fault has at least one step");
  const sites = system.sites.map(({ name }) => siteResult(last, name));
  for (const site of sites) trail.take(site.trail);
  const dns = dnsOutcome(last, sites, trail);
  const lost = losses(system, steps);
  trail.take(lost.trail);
  const outcomes = sites.map(({ outcome }) => outcome);
  const recovery = recoveryOf(steps, outcomes, lost.losses, normal, trail);
  sayWhatRecovers(outcomes, recovery, trail);
  sayWhatPromotionCosts(system, recovery, trail);
  const workload = trail.read(system.workload, "the promised load");
  const left = shares(
    system,
    sites.filter(({ ownSite }) => !ownSite).map(({ outcome }) => outcome.site),
  );
  return {
    fault: fault.expression,
    title: titleOf(fault),
    events: fault.steps,
    sites: outcomes,
    dns,
    recovery,
    dataLoss: lost.losses,
    splitBrain: splitBrain(new World(system, new Set(), new Trail()), last.struck),
    capacity: workload && left ? capacityOf(system, workload, left) : [],
    reasons: trail.reasons,
    unknowns: trail.unknowns,
    pending: trail.pending,
    lastDrilled: null,
  };
}

/** Which part of the way back needs nobody, and which a person [N2]. */
function sayWhatRecovers(sites: Outcome["sites"], recovery: Recovery, trail: Trail): void {
  if (recovery.mode !== "manual" && recovery.mode !== "never") return;
  const alone = sites.map(({ site, reads, writes, transition }) => {
    const when =
      transition.seconds === null
        ? "after a time that is not known"
        : transition.seconds === 0
          ? "at once"
          : `after ${formatSeconds(transition.seconds)} at worst`;
    return `${site}'s clients have reads ${reads} and writes ${writes} ${when}`;
  });
  trail.say(
    `by itself: ${alone.join("; ")}; ${recovery.commands.length > 0 ? `the rest waits for a person: ${recovery.commands.join("; ")}` : "the rest waits for the return of what failed"}`,
    ...recovery.stages.flatMap(({ urns }) => urns),
  );
}

/** A forced promotion is no way out without a price: what it gives up, and what may take writes beside it. */
function sayWhatPromotionCosts(system: System, recovery: Recovery, trail: Trail): void {
  if (!recovery.commands.some((command) => command.includes("holdfast:promotion forced"))) return;
  const standbys = system.postgres.filter(({ replica }) => replica.state === "known" && replica.value);
  trail.say(
    "the losses above hold if one waits for the former primary; a forced promotion gives up for good what it had acknowledged and the standby had not received, and the uploads since the last copy",
    ...standbys.map(({ urn }) => urn),
  );
  trail.say(
    "after a forced promotion there is a risk of split brain: the former primary's config still says that it takes writes, and it does so as soon as it is back, unless it was cut off and rebuilt",
    ...system.postgres.map(({ urn }) => urn),
  );
}
