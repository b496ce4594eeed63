import { formatSeconds } from "../../topologies/units.ts";
import { InputError } from "../../config/problem.ts";
import { valueOf } from "../fact.ts";
import type { Fault } from "../fault.ts";
import { parseFault } from "../faults/parse.ts";
import type { ClaimVerdict, Outcome, Reason } from "../outcome.ts";
import type { Claim, Promises } from "../promised.ts";
import type { System } from "../system.ts";
import { weaknessOf } from "./backup-log.ts";
import { diskScenarios } from "./disks.ts";
import { play } from "./history.ts";
import { endOf } from "./loss-parts.ts";
import { openVerdict } from "./promises.ts";
import { withoutPublicCertificate } from "./public-certificates.ts";
import { backupSources, namesOf } from "./sources.ts";
import { Trail } from "./trail.ts";

interface Point {
  readonly holds: boolean | "unknown";
  readonly text: string;
}

/** Confirms or refutes a claim by the outcome of its fault. */
export function judgeClaim(system: System, claim: Claim, promises: Promises, outcome: Outcome): ClaimVerdict {
  const trail = new Trail();
  const points = [
    ...levels(claim, outcome),
    ...loss(claim, outcome),
    ...recovery(claim, promises, outcome),
    ...split(claim, outcome),
    ...restored(system, claim, outcome, trail),
  ];
  const against = points.filter(({ holds }) => holds === false);
  const open = points.filter(({ holds }) => holds === "unknown");
  const uncertified = claimsService(claim) ? withoutPublicCertificate(system) : [];
  const decided = against.length > 0 ? against : open.length > 0 ? open : [...points, ...uncertified];
  const verdict =
    against.length > 0
      ? "refuted"
      : open.length > 0
        ? openVerdict(outcome)
        : system.unread.length > 0 || uncertified.length > 0
          ? "unknown"
          : "confirmed";
  return { claim, verdict, why: decided.map(({ text }) => text).join("; "), reasons: chain(outcome, trail) };
}

function claimsService({ reads, writes }: Claim): boolean {
  return reads === "full" || Object.values(writes).includes("full");
}

/** A claim on whichever zone inside a site: `zone:azure/*`. */
const ANY_ZONE = /^zone:([^/]+)\/\*$/;

/** The faults that the claim speaks of, of which each must be as it says; or why the system can't have them. */
export function claimedFaults(system: System, claim: Claim): readonly Fault[] | string {
  try {
    return expressions(system, claim).map((expression) => parseFault(expression, system));
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map(({ offender, rule }) => `${offender}: ${rule}`).join("; ");
    throw error;
  }
}

/** A site whose servers name no zone is one. */
function expressions(system: System, { fault }: Claim): readonly string[] {
  const name = ANY_ZONE.exec(fault)?.[1];
  if (name === undefined) return [fault];
  const servers = system.sites.find((site) => site.name === name)?.servers ?? [];
  const zones = new Set(servers.flatMap(({ zone }) => (zone && valueOf(zone)) ?? []));
  return zones.size === 0 ? [`zone:${name}`] : [...zones].map((zone) => `zone:${name}/${zone}`);
}

function chain(outcome: Outcome, own: Trail): readonly Reason[] {
  const all = [
    ...own.reasons,
    ...outcome.sites.flatMap(({ reasons }) => reasons),
    ...outcome.dns.reasons,
    ...outcome.dataLoss.flatMap(({ reasons }) => reasons),
    { text: outcome.splitBrain.why, urns: outcome.splitBrain.urns },
    ...outcome.reasons,
  ];
  return [...new Map(all.filter(({ urns }) => urns.length > 0).map((reason) => [reason.text, reason])).values()];
}

function levels(claim: Claim, outcome: Outcome): readonly Point[] {
  return outcome.sites.flatMap(({ site, reads, writes }): Point[] => {
    const wanted = claim.writes[site] ?? "any";
    const points: Point[] = [];
    if (claim.reads === "full") {
      const note = reads === "stale" ? " (and get older while it lasts)" : "";
      const which =
        reads === "partial"
          ? outcome.sites.flatMap(({ reasons }) =>
              reasons.filter(({ text }) => /^at \S+, reads of .* fail/.test(text)).map(({ text }) => ` (${text})`),
            )[0]
          : undefined;
      points.push({
        holds: reads === "unknown" ? "unknown" : reads === "full" || reads === "stale",
        text: `reads for ${site}'s clients: ${reads}${note}${which ?? ""}`,
      });
    }
    if (claim.reads === "none")
      points.push({
        holds: reads === "unknown" ? "unknown" : reads === "down",
        text: `reads for ${site}'s clients: ${reads}`,
      });
    if (wanted !== "any") {
      const taken = writes === "full";
      const refused = writes === "read-only" || writes === "down";
      points.push({
        holds: writes === "unknown" ? "unknown" : wanted === "full" ? taken : refused,
        text: `writes for ${site}'s clients: ${writes}`,
      });
    }
    return points;
  });
}

function loss(claim: Claim, outcome: Outcome): readonly Point[] {
  return outcome.dataLoss.map(({ subject, kind, seconds, restoredFrom }): Point => {
    if (kind === "none") return { holds: true, text: `nothing of ${subject} is lost` };
    if (kind === "everything") return { holds: false, text: `everything of ${subject} is lost` };
    if (kind === "unknown" || seconds === null)
      return { holds: "unknown", text: `how much of ${subject} is lost is not known` };
    return {
      holds: seconds <= claim.dataLoss,
      text: `${subject}: up to ${formatSeconds(seconds)} of writes lost (from ${restoredFrom ?? "what is left"}), claimed: ${formatSeconds(claim.dataLoss)}`,
    };
  });
}

function recovery(claim: Claim, promises: Promises, outcome: Outcome): readonly Point[] {
  if (claim.recovery === "manual") return [];
  const limit = claim.recovery === "unnoticed" ? promises.outage : Infinity;
  const sites = outcome.sites.map(({ site, transition }): Point => {
    const { seconds } = transition;
    if (seconds === null) return { holds: "unknown", text: `how long ${site}'s clients wait is not known` };
    const text =
      seconds === 0
        ? `${site}'s clients notice nothing`
        : `${site}'s clients: reads ${transition.reads}, writes ${transition.writes} for up to ${formatSeconds(seconds)}`;
    return {
      holds: seconds <= limit,
      text: seconds <= limit ? text : `${text}; claimed to go unnoticed (at most ${formatSeconds(limit)})`,
    };
  });
  const stays = !outcome.dns.settles && (outcome.dns.affectedShare ?? 1) > 0;
  const names: Point = {
    holds: outcome.dns.seconds === null && outcome.unknowns.length > 0 ? "unknown" : !stays,
    text: stays ? "clients are sent to the dead site until a person acts" : "name resolution settles by itself",
  };
  return stays ? [...sites, names] : sites;
}

function split(claim: Claim, { splitBrain }: Outcome): readonly Point[] {
  if (claim.splitBrain === undefined) return [];
  return [
    {
      holds: splitBrain.possible === "unknown" ? "unknown" : splitBrain.possible === "no",
      text: `split brain: ${splitBrain.possible} (${splitBrain.why})`,
    },
  ];
}

/** A claim that names the backup stands only if that backup outlives the fault. */
function restored(system: System, claim: Claim, outcome: Outcome, trail: Trail): readonly Point[] {
  const site = claim.restoredFrom;
  if (site === undefined) return [];
  const fault = parseFault(outcome.fault, system);
  const lost = outcome.dataLoss.filter(({ kind }) => kind !== "none");
  if (lost.length === 0) return [{ holds: true, text: `nothing needs the backup at ${site}` }];
  return diskScenarios(system, fault.steps, new Trail()).flatMap((scenario) => {
    const steps = play(system, fault, scenario, new Trail());
    const end = endOf(steps, trail);
    const last = steps.at(-1);
    if (!end || !last) return [];
    const weak = system.backupStores.filter((store) => store.site === site).flatMap((store) => weaknessOf(store) ?? []);
    const risk = weak.map(({ why }) => `, but not a cluster that was taken over: ${why}`).join("");
    return lost.map(({ subject }): Point => {
      const found = backupSources(system, namesOf(system, subject), last, end).filter((source) => source.site === site);
      const kept = found.filter(({ exists }) => exists === "yes");
      if (kept.length > 0)
        return {
          holds: true,
          text: `${subject}: ${kept.map(({ from }) => from).join(", ")} outlives the fault${risk}`,
        };
      if (found.some(({ exists }) => exists === "unknown"))
        return {
          holds: "unknown",
          text: `whether the backup of ${subject} at ${site} outlives the fault is not known`,
        };
      const where = system.backupStores
        .filter((store) => store.site === site)
        .map(({ name, array, redundancy }) =>
          redundancy
            ? `${name} is kept by the provider of ${site}`
            : `${name} lies on array ${valueOf(array)?.array ?? "(unknown)"} of ${valueOf(array)?.server ?? "(unknown)"}`,
        );
      return {
        holds: false,
        text:
          found.length === 0
            ? `no backup of ${subject} lies at ${site}`
            : `the backup of ${subject} at ${site} is lost with what it protects: ${where.join(", ")}`,
      };
    });
  });
}
