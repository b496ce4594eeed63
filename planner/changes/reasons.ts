import { formatSeconds } from "../../topologies/units.ts";
import type { OutcomeDocument, ReasonDocument } from "./document.ts";

/** The facts that stood behind an outcome and no longer do, and those that have come instead. */
export interface ReasonsChange {
  readonly gone: readonly ReasonDocument[];
  readonly come: readonly ReasonDocument[];
}

/** A fact is one point and its source: the same said of another resource counts as changed too. */
export function reasonsChange(before: readonly ReasonDocument[], after: readonly ReasonDocument[]): ReasonsChange {
  const [old, now] = [byIdentity(before), byIdentity(after)];
  return {
    gone: [...old].filter(([key]) => !now.has(key)).map(([, reason]) => reason),
    come: [...now].filter(([key]) => !old.has(key)).map(([, reason]) => reason),
  };
}

/** The whole chain of facts behind an outcome: of its sites, names, recovery, losses, and of the fault itself. */
export function chainOf(outcome: OutcomeDocument | undefined): readonly ReasonDocument[] {
  if (!outcome) return [];
  const { sites, dns, recovery, dataLoss, splitBrain } = outcome;
  return [
    ...outcome.reasons,
    ...sites.flatMap((site) => site.reasons),
    ...dns.reasons,
    ...recovery.stages.map(({ name, seconds, from, urns }) => ({
      text: `recovery, ${name}: ${formatSeconds(seconds)}, from ${from}`,
      urns,
    })),
    ...dataLoss.flatMap((loss) => loss.reasons),
    { text: `split brain: ${splitBrain.why}`, urns: splitBrain.urns },
    ...outcome.unknowns.map(({ text, urns }) => ({ text: `not known: ${text}`, urns })),
    ...outcome.pending.map(({ text, urns }) => ({ text: `known after an up: ${text}`, urns })),
  ];
}

/** The points of a text that lists several, as the analysis writes them: parted by semicolons. */
export function pointsOf(text: string): readonly string[] {
  return text.split("; ").filter((point) => point !== "");
}

/** What stands in one text only, point by point. */
export function pointsChange(
  before: string | null,
  after: string | null,
): { readonly gone: readonly string[]; readonly come: readonly string[] } {
  const [old, now] = [before, after].map((text) => new Set(pointsOf(text ?? "")));
  return {
    gone: [...(old ?? [])].filter((point) => !now?.has(point)),
    come: [...(now ?? [])].filter((point) => !old?.has(point)),
  };
}

/**
 * A long reason lists many points, of which few change: each counts by itself. What several reasons say in the same words
 * is one fact, with all their sources.
 */
function byIdentity(reasons: readonly ReasonDocument[]): ReadonlyMap<string, ReasonDocument> {
  const sources = new Map<string, Set<string>>();
  for (const { text, urns } of reasons) {
    for (const point of pointsOf(text)) sources.set(point, new Set([...(sources.get(point) ?? []), ...urns]));
  }
  return new Map(
    [...sources].map(([text, urns]) => {
      const reason = { text, urns: [...urns].sort() };
      return [JSON.stringify(reason), reason];
    }),
  );
}
