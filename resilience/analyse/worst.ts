import type { DataLoss, DnsOutcome, Outcome, Recovery, SiteOutcome, SplitBrain } from "../outcome.ts";
import { isWorse } from "./levels.ts";

const MODES: readonly Recovery["mode"][] = ["none-needed", "automatic", "manual", "never", "unknown"];
const LOSSES: readonly DataLoss["kind"][] = ["none", "bounded", "unknown", "everything"];
const SPLITS: readonly SplitBrain["possible"][] = ["no", "unknown", "yes"];

type Parts = Omit<Outcome, "promises" | "runbook">;

/** Of several ways in which a fault can fall, the worst in each respect: no single way need be the worst in all. */
export function worstOf(ways: readonly [Parts, ...Parts[]]): Parts {
  return ways.slice(1).reduce(
    (a, b): Parts => ({
      ...a,
      sites: a.sites.map((site, i) => worseSite(site, b.sites[i] ?? site)),
      dns: worseDns(a.dns, b.dns),
      recovery: worseRecovery(a.recovery, b.recovery),
      dataLoss: a.dataLoss.map((loss) =>
        worseLoss(loss, b.dataLoss.find(({ subject }) => subject === loss.subject) ?? loss),
      ),
      splitBrain:
        SPLITS.indexOf(b.splitBrain.possible) > SPLITS.indexOf(a.splitBrain.possible) ? b.splitBrain : a.splitBrain,
      capacity: a.capacity,
      reasons: merged(a.reasons, b.reasons),
      unknowns: merged(a.unknowns, b.unknowns),
      pending: merged(a.pending, b.pending),
    }),
    ways[0],
  );
}

function merged<T extends { readonly text: string }>(a: readonly T[], b: readonly T[]): readonly T[] {
  return [...new Map([...a, ...b].map((each) => [each.text, each])).values()];
}

function worseSite(a: SiteOutcome, b: SiteOutcome): SiteOutcome {
  if (isWorse(b.reads, a.reads) || isWorse(b.writes, a.writes)) return b;
  if (isWorse(a.reads, b.reads) || isWorse(a.writes, b.writes)) return a;
  return longer(b.transition.seconds, a.transition.seconds) ? b : a;
}

function worseDns(a: DnsOutcome, b: DnsOutcome): DnsOutcome {
  return isWorse(b.reads, a.reads) || isWorse(b.writes, a.writes) || longer(b.seconds, a.seconds) ? b : a;
}

function worseRecovery(a: Recovery, b: Recovery): Recovery {
  const difference = MODES.indexOf(b.mode) - MODES.indexOf(a.mode);
  if (difference !== 0) return difference > 0 ? b : a;
  return longer(b.seconds, a.seconds) || b.commands.length > a.commands.length ? b : a;
}

/** More is lost: the kind first, then the seconds, of which `null` is without limit. */
export function worseLoss(a: DataLoss, b: DataLoss): DataLoss {
  const difference = LOSSES.indexOf(b.kind) - LOSSES.indexOf(a.kind);
  if (difference !== 0) return difference > 0 ? b : a;
  return longer(b.seconds, a.seconds) ? b : a;
}

function longer(a: number | null, b: number | null): boolean {
  return (a ?? Infinity) > (b ?? Infinity);
}
