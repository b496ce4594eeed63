import type { Outcome, Reason, SiteOutcome } from "../outcome.ts";
import { mix } from "./dns.ts";
import { bothUnserved, isWorse, worseLevel } from "./levels.ts";
import { worstOf } from "./worst.ts";

type Parts = Omit<Outcome, "promises" | "runbook">;

/** What else may be true, and what follows then. */
export interface Reading {
  /** Such as `if titan-1 dies with its disks`. */
  readonly condition: string;
  readonly parts: Parts;
}

/**
 * The outcome where a fact is missing that decides between readings. What clients get stays as in the first reading if
 * no other is worse, otherwise it is unknown; times and losses are the worst of all, as bounds that hold either way.
 *
 * @param missing the fact that is missing
 */
export function undecided(first: Parts, others: readonly Reading[], missing: readonly Reason[]): Parts {
  if (others.length === 0) return first;
  const worst = worstOf([first, ...others.map(({ parts }) => parts)]);
  const sites = first.sites.map((site, i) =>
    others.map(({ parts }) => parts.sites[i] ?? site).reduce((known, other) => either(known, other), site),
  );
  const said = new Set(first.reasons.map(({ text }) => text));
  const more = others.flatMap(({ condition, parts }) =>
    parts.reasons
      .filter(({ text }) => !said.has(text))
      .map(({ text, urns }) => ({ text: `${condition}: ${text}`, urns })),
  );
  return {
    ...worst,
    sites,
    dns: {
      ...worst.dns,
      reads: mix(sites.map(({ reads }) => reads)),
      writes: mix(sites.map(({ writes }) => writes)),
    },
    reasons: [...first.reasons, ...more],
    unknowns: [...worst.unknowns, ...missing],
  };
}

function either(a: SiteOutcome, b: SiteOutcome): SiteOutcome {
  const longer = [a.transition, b.transition].reduce((x, y) =>
    x.seconds === null || (y.seconds !== null && y.seconds <= x.seconds) ? x : y,
  );
  return {
    ...a,
    reads: isWorse(b.reads, a.reads) ? "unknown" : a.reads,
    writes: isWorse(b.writes, a.writes) ? "unknown" : a.writes,
    unserved: bothUnserved(a.unserved, b.unserved),
    transition: {
      reads: worseLevel(a.transition.reads, b.transition.reads),
      writes: worseLevel(a.transition.writes, b.transition.writes),
      unserved: bothUnserved(a.transition.unserved, b.transition.unserved),
      seconds: longer.seconds,
      stages: longer.stages,
    },
    signIn: a.signIn === b.signIn ? a.signIn : "unknown",
  };
}
