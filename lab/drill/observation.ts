import type { Entry } from "../load/history.ts";
import type { Group } from "../load/plan.ts";
import { WORLD_PLACE } from "./load.ts";

/** What clients went through in one run. Times: milliseconds since 1970. */
export interface Observation {
  readonly entries: readonly Entry[];
  readonly beganAt: number;
  readonly faultAt: number;
  /** When the cause was taken away; for what heals by itself, when the run ended. */
  readonly healedAt: number;
  readonly endedAt: number;
  /** Site by its public address. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** The name for requests that no address was found for. */
export const UNRESOLVED = "no address";

/**
 * The requests by the site that they were sent to, which is what a prediction means by a site's clients: those whose name was
 * resolved to it. Left out are those of one site's own clients to another site, for they pass the line, which is no part of
 * what a site's clients see; the outside world's do not.
 *
 * @returns entries whose group's site is the one asked; `perSecond` is what was measured between `beganAt` and the fault
 */
export function bySite({ entries, addresses, beganAt, faultAt }: Observation): readonly Entry[] {
  const counts = new Map<string, number>();
  const kept = entries.flatMap((entry) => {
    const site = entry.address === undefined ? UNRESOLVED : (addresses.get(entry.address) ?? UNRESOLVED);
    const from = entry.group.site;
    if (from !== WORLD_PLACE && site !== UNRESOLVED && from !== site) return [];
    const key = keyOf(entry.group, site);
    if (entry.start >= beganAt && entry.start < faultAt) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [{ entry, site, key }];
  });
  const groups = new Map<string, Group>();
  const seconds = (faultAt - beganAt) / 1000;
  return kept.map(({ entry, site, key }) => {
    const { group } = entry;
    // One request in the time watched is the least that a rate can be told from.
    const perSecond = Math.max(1, counts.get(key) ?? 0) / seconds;
    const own = groups.get(key) ?? { ...group, site, kind: "resolver" as const, perSecond };
    groups.set(key, own);
    return { ...entry, group: own };
  });
}

const keyOf = ({ service, operation }: Group, site: string): string => `${site} ${service} ${operation}`;
