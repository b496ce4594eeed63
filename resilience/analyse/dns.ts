import type { DnsOutcome, ServiceLevel } from "../outcome.ts";
import type { Step } from "./history.ts";
import { worseLevel } from "./levels.ts";
import { publicRecords, worstShare } from "./names.ts";
import { stagesFor } from "./restart.ts";
import type { SiteResult } from "./timeline.ts";
import { Trail } from "./trail.ts";

/** What the clients get as the name servers spread them, and how long those of a dead site are sent there still. */
export function dnsOutcome(step: Step, sites: readonly SiteResult[], trail: Trail): DnsOutcome {
  const own = new Trail();
  const { system } = step.before;
  const stale = step.heals.filter(({ keys }) => keys.some((key) => key.startsWith("stale-dns:")));
  const nameless = step.struck.has("names");
  const dead = stale.flatMap(({ keys }) => keys).map((key) => key.slice("stale-dns:".length));
  const found = worstShare(system, dead);
  const records = publicRecords(system, system.nameServers);
  if (found === undefined) own.missing("no address record for the platform's public names could be read");
  const affectedShare = nameless ? 1 : (found ?? null);
  const seconds = stale.reduce<number | null>(
    (worst, each) =>
      worst === null || each.seconds === null || each.seconds === Infinity ? null : Math.max(worst, each.seconds),
    0,
  );
  for (const { stages } of stale)
    for (const { name, seconds: long, from, urns } of stages) own.say(`${name}: ${long} s (${from})`, ...urns);
  if (dead.length > 0) {
    own.say(
      `${percent(affectedShare)} of the clients resolve to ${dead.join(" and ")} when it dies`,
      ...records.map(({ source }) => source.urn),
    );
    own.say(
      "a resolver or browser that keeps addresses for longer than their TTL is not counted, nor a request that waits for its own time-out because it was under way or sent on a connection kept from before",
      ...records.map(({ source }) => source.urn),
    );
  }
  providersWord(step, dead, own);
  const settling = sites.map(({ outcome }) => outcome);
  trail.take(own);
  return {
    affectedShare,
    seconds,
    stages: stagesFor(seconds, stale),
    settles:
      seconds !== null &&
      !step.heals.some(({ keys, seconds: long }) => keys.includes("names") && (long === null || long === Infinity)),
    reads: mix(settling.map(({ reads }) => reads)),
    writes: mix(settling.map(({ writes }) => writes)),
    reasons: own.reasons,
  };
}

/** What a provider's name servers add that no declared setting tells. */
function providersWord({ before, struck }: Step, dead: readonly string[], own: Trail): void {
  for (const { urn, runsOn, provider = "", zone } of before.system.nameServers) {
    if (runsOn !== "provider") continue;
    if (struck.has(`provider:${provider}`)) {
      own.say(
        `a resolver that learned the name servers of ${zone} from ${provider} asks the others only where they were added there, or once that list has expired (docs/dns.md)`,
        urn,
      );
    } else if (dead.length > 0) {
      own.say(
        `how long ${provider} takes to tell its own name servers of a failed check is not published, and not counted`,
        urn,
      );
    }
  }
}

function percent(share: number | null): string {
  return share === null ? "an unknown share" : `${Math.round(share * 100)} %`;
}

/** Different sites, different luck: `partial` if some clients get nothing of it and others do. */
export function mix(levels: readonly ServiceLevel[]): ServiceLevel {
  const worst = levels.reduce(worseLevel, "full");
  const nothing = (level: ServiceLevel): boolean => level === "down" || level === "read-only";
  return nothing(worst) && !levels.every(nothing) ? "partial" : worst;
}
