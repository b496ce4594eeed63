import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import type { Group } from "../load/plan.ts";
import type { Unserved } from "../../resilience/outcome.ts";
import { drilledServices, serviceNames } from "./load.ts";
import type { DrilledService } from "./load.ts";

/** A copy whose newest write was sent longer ago than this is not current; a write is sent several times a second. */
export const CURRENT_SECONDS = 2;

/** How long everything has to be well. */
export const STEADY_MS = 5000;

/** What a look at the load compares. */
export interface Expected {
  /** Site by its public address. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Of which sites, and of which services. */
  readonly sites: readonly string[];
  /** What the analysis says that a site's clients don't get although nothing is wrong. */
  readonly unserved: ReadonlyMap<string, Unserved>;
}

/**
 * What keeps the load from being well at a moment, in words: each service answers reads and writes at each site, none fails,
 * the answers are current, and PostgreSQL's come from the site's own copy. What the plan itself never serves is left out.
 * Empty: all is well.
 *
 * @param now milliseconds since 1970; requests that ended in the last {@link STEADY_MS} count
 */
export function unsteady(entries: readonly Entry[], now: number, expected: Expected): readonly string[] {
  const { addresses, sites } = expected;
  const recent = entries.filter(
    ({ end, error, group, address }) =>
      end > now - STEADY_MS &&
      end <= now &&
      error !== "unfinished" &&
      !isUnserved(expected, addresses.get(address ?? "") ?? "", group.service, group.operation),
  );
  const failed = recent.filter((entry) => !succeeded(entry));
  const missing = sites.flatMap((site) =>
    serviceNames.flatMap((service) =>
      (["read", "write"] as const).flatMap((operation) => {
        const answered = recent.some(
          (entry) =>
            succeeded(entry) &&
            entry.group.service === service &&
            entry.group.operation === operation &&
            addresses.get(entry.address ?? "") === site,
        );
        return answered || isUnserved(expected, site, service, operation)
          ? []
          : [`no ${operation} of ${service} was answered at ${site}`];
      }),
    ),
  );
  // A proxy that turns to the other site hides that the copy at this one does not answer.
  const elsewhere = sites.flatMap((site) => {
    const strangers = recent.filter(
      (entry) => succeeded(entry) && addresses.get(entry.address ?? "") === site && isFromElsewhere(entry, site),
    );
    const [first] = strangers;
    return first === undefined
      ? []
      : [`${strangers.length} reads of ${first.group.service} at ${site} were answered by ${first.by ?? "nobody"}`];
  });
  const old = recent.filter((entry) => ageOf(entry) > CURRENT_SECONDS);
  const oldest = old.reduce((most, entry) => Math.max(most, ageOf(entry)), 0);
  return [
    ...missing,
    ...elsewhere,
    ...(failed.length > 0 ? [`${failed.length} of ${recent.length} requests failed: ${reasonsOf(failed)}`] : []),
    ...(old.length > 0 ? [`${old.length} answers were up to ${Math.round(oldest)} s old`] : []),
  ];
}

function isUnserved({ unserved }: Expected, site: string, service: string, operation: Group["operation"]): boolean {
  const of = unserved.get(site);
  return (operation === "read" ? of?.reads : of?.writes)?.includes(service) ?? false;
}

/** Was a read that was sent to a site answered by another site's PostgreSQL? MongoDB's reads may go to any member. */
export const isFromElsewhere = ({ group, by }: Entry, site: string): boolean =>
  group.operation === "read" && drilledServices[group.service as DrilledService] === "postgres" && by !== `pg-${site}`;

/** How long before a read the newest write was sent that it saw, seconds; infinite where it saw none, 0 for what is no read. */
export function ageOf(entry: Entry): number {
  if (entry.group.operation !== "read" || !succeeded(entry) || entry.newest === undefined) return 0;
  return entry.newest === null ? Infinity : Math.max(0, (entry.start - entry.newest.sentAt) / 1000);
}

/** Reasons of failures, the most frequent first. */
export function reasonsOf(failed: readonly Entry[]): string {
  const counts = new Map<string, number>();
  for (const { group, error, status, address } of failed) {
    const text = `${group.service} ${group.operation} from ${group.site} to ${address ?? "nowhere"}: ${error ?? `status ${status}`}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
  return sorted.map(([text, count]) => `${count} × ${text}`).join("; ");
}
