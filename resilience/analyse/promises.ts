import { formatSeconds } from "../../topologies/units.ts";
import type { FaultEvent } from "../fault.ts";
import { valueOf } from "../fact.ts";
import type { Outcome, PromiseVerdict, SiteOutcome } from "../outcome.ts";
import type { Promises } from "../promised.ts";
import type { System } from "../system.ts";
import { zoneCount } from "../zones.ts";
import { logOfBackups, weaknessOfRestore, withLogAtRisk } from "./backup-log.ts";
import { withoutPublicCertificate } from "./public-certificates.ts";
import { isWorse } from "./levels.ts";
import type { Levels } from "./levels.ts";

type Judged = Omit<Outcome, "promises" | "runbook">;
type Verdict = PromiseVerdict["verdict"];

/** What visitors can't have while their browsers refuse the site. */
const SERVICE: readonly string[] = ["R5", "R7"];

/** R1-R8 under one fault; what a missing fact would decide is `unknown`, what only an `up` tells is `pending`. */
export function judgePromises(
  system: System,
  outcome: Judged,
  normal: ReadonlyMap<string, Levels>,
): readonly PromiseVerdict[] {
  const open = openVerdict(outcome);
  const promises = valueOf(system.promises);
  if (!promises)
    return ["R4", "R5", "R8"].map((id) => ({
      id,
      verdict: system.promises.state === "pending" ? "pending" : "unknown",
      why: "what was promised could not be read",
    }));
  const verdicts = [
    ...capacity(outcome, open),
    withLogAtRisk(dataLoss(outcome, promises, open), weaknessOfRestore(system, outcome.dataLoss)),
    outage(outcome, promises, normal, open),
    ...zones(system, outcome, promises, open),
    recovery(outcome, open),
  ];
  const uncertified = withoutPublicCertificate(system).map(({ text }) => text);
  return verdicts.map((verdict) => {
    if (verdict.verdict === "kept" && SERVICE.includes(verdict.id) && uncertified.length > 0)
      return { ...verdict, verdict: "unknown", why: `${verdict.why}; but ${uncertified.join("; ")}` };
    return verdict.verdict === "kept" && system.unread.length > 0
      ? {
          ...verdict,
          verdict: "unknown",
          why: `${verdict.why}; but ${system.unread.length} declared resources could not be read`,
        }
      : verdict;
  });
}

/** What "not known" means here. */
export function openVerdict(outcome: Pick<Outcome, "unknowns" | "pending">): "unknown" | "pending" {
  return outcome.unknowns.length === 0 && outcome.pending.length > 0 ? "pending" : "unknown";
}

function capacity({ capacity: sites }: Judged, open: Verdict): readonly PromiseVerdict[] {
  const judge = (
    id: string,
    what: string,
    of: (site: Judged["capacity"][number]) => { readonly needed: number; readonly available: number | null },
    show: (value: number) => string,
  ): PromiseVerdict => {
    const loaded = sites.filter(({ share }) => share > 0).map((site) => ({ site: site.site, ...of(site) }));
    const short = loaded.filter(({ needed, available }) => available !== null && available < needed);
    const unclear = loaded.filter(({ available }) => available === null);
    const text = (list: typeof loaded): string =>
      list
        .map(
          ({ site, needed, available }) =>
            `${site} needs ${show(needed)} and has ${available === null ? "an unknown amount" : show(available)}`,
        )
        .join("; ");
    if (short.length > 0) return { id, verdict: "broken", why: `${what}: ${text(short)}` };
    if (unclear.length > 0 || loaded.length === 0)
      return {
        id,
        verdict: open,
        why: loaded.length === 0 ? `${what}: no site's share of the load is known` : `${what}: ${text(unclear)}`,
      };
    return { id, verdict: "kept", why: `${what}: ${text(loaded)}` };
  };
  return [
    judge(
      "R1",
      "requests",
      ({ requests }) => requests,
      (value) => `${Math.round(value)}/s`,
    ),
    judge(
      "R3",
      "uplink",
      ({ uplink }) => uplink,
      (value) => `${(value / 1e6).toFixed(1)} Mbit/s`,
    ),
  ];
}

function dataLoss(outcome: Judged, promises: Promises, open: Verdict): PromiseVerdict {
  const id = "R4";
  const corrupts = outcome.events.flat().flatMap((event) => (event.kind === "corruption" ? [event.subject] : []));
  const lost = outcome.dataLoss.filter(({ kind }) => kind !== "none");
  const everything = lost.filter(({ kind }) => kind === "everything");
  if (everything.length > 0) return { id, verdict: "broken", why: `everything is lost of ${names(everything)}` };
  const unclear = lost.filter(({ kind }) => kind === "unknown");
  if (unclear.length > 0) {
    const stopped = unclear.filter(({ restoredFrom }) => restoredFrom !== null);
    return stopped.length === unclear.length && open === "unknown" && outcome.unknowns.length === 0
      ? {
          id,
          verdict: "broken",
          why: `nothing bounds how much is lost of ${names(unclear)}: its copies had stopped before`,
        }
      : { id, verdict: open, why: `how much is lost of ${names(unclear)} is not known` };
  }
  if (corrupts.length > 0 && outcome.events.flat().every(({ kind }) => kind === "corruption"))
    return logOfBackups(lost);
  const beyond = lost.filter(({ seconds }) => (seconds ?? Infinity) > promises.dataLoss);
  const text = beyond
    .map(
      ({ subject, seconds, restoredFrom }) =>
        `${subject} loses up to ${formatSeconds(seconds ?? Infinity)} of writes (from ${restoredFrom ?? "what is left"})`,
    )
    .join("; ");
  return beyond.length > 0
    ? { id, verdict: "broken", why: `${text}; promised: ${formatSeconds(promises.dataLoss)}` }
    : {
        id,
        verdict: "kept",
        why: lost.length === 0 ? "no data is lost" : `no more is lost than ${formatSeconds(promises.dataLoss)}`,
      };
}

/** Longest time without service; `Infinity` where it does not come back by itself. */
export function outageOf(site: SiteOutcome, usual: Levels | undefined): number | "unknown" {
  if (site.reads === "unknown" || site.writes === "unknown" || site.transition.seconds === null) return "unknown";
  const readsLost = isWorse(site.reads, usual?.reads ?? "full") && site.reads !== "stale";
  if (readsLost || isWorse(site.writes, usual?.writes ?? "full")) return Infinity;
  return site.transition.seconds;
}

function outage(
  outcome: Judged,
  promises: Promises,
  normal: ReadonlyMap<string, Levels>,
  open: Verdict,
): PromiseVerdict {
  const each = outcome.sites.map((site) => ({ site, outage: outageOf(site, normal.get(site.site)) }));
  const text = ({ site, outage: long }: (typeof each)[number]): string =>
    long === Infinity
      ? `clients of ${site.site}: reads ${site.reads}, writes ${site.writes} until it is mended`
      : `clients of ${site.site}: up to ${formatSeconds(long === "unknown" ? 0 : long)}`;
  const broken = each.filter(({ outage: long }) => long !== "unknown" && long > promises.outage);
  if (broken.length > 0)
    return {
      id: "R5",
      verdict: "broken",
      why: `${broken.map(text).join("; ")}; promised: ${formatSeconds(promises.outage)}`,
    };
  if (each.length === 0 || each.some(({ outage: long }) => long === "unknown"))
    return { id: "R5", verdict: open, why: "how long the outage lasts is not known" };
  return {
    id: "R5",
    verdict: "kept",
    why: each.every(({ outage: long }) => long === 0) ? "no outage" : each.map(text).join("; "),
  };
}

/** A site with several zones inside is a region: its loss is more than a zone's. */
function isZone(system: System, event: FaultEvent): boolean {
  if (event.kind === "zone" && event.zone !== undefined) return true;
  if (event.kind !== "zone" && event.kind !== "site") return false;
  return system.sites.some((site) => site.name === event.site && zoneCount(site) === 1);
}

function zones(system: System, outcome: Judged, promises: Promises, open: Verdict): readonly PromiseVerdict[] {
  if (!outcome.events.flat().some((event) => isZone(system, event))) return [];
  const id = "R7";
  const declared = system.sites.reduce((sum, site) => sum + zoneCount(site), 0);
  if (declared < promises.zones)
    return [{ id, verdict: "broken", why: `${declared} of ${promises.zones} zones are declared` }];
  const levels = outcome.sites.map(({ reads }) => reads);
  if (levels.includes("down") || levels.includes("partial"))
    return [
      {
        id,
        verdict: "broken",
        why: `without the zone reads are ${outcome.sites.map(({ site, reads }) => `${reads} for ${site}'s clients`).join(", ")}`,
      },
    ];
  return [
    levels.includes("unknown")
      ? { id, verdict: open, why: "what the other zone answers is not known" }
      : { id, verdict: "kept", why: "the other zone answers all reads" },
  ];
}

function recovery({ recovery: { mode, commands } }: Judged, open: Verdict): PromiseVerdict {
  const id = "R8";
  switch (mode) {
    case "none-needed":
      return { id, verdict: "kept", why: "nothing needs to recover" };
    case "automatic":
      return { id, verdict: "kept", why: "nobody needs to do anything" };
    case "manual":
      return { id, verdict: "broken", why: `a person must act: ${commands.join("; ")}` };
    case "never":
      return {
        id,
        verdict: "broken",
        why: "nothing that anybody can type brings it back: what is lost is lost, or what failed must return",
      };
    case "unknown":
      return { id, verdict: open, why: "how it recovers is not known" };
    default: {
      const never: never = mode;
      throw new Error(`no verdict on ${String(never)}`);
    }
  }
}

function names(list: readonly { readonly subject: string }[]): string {
  return list.map(({ subject }) => subject).join(", ");
}
