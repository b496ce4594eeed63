import type { Gap } from "../check/gaps.ts";
import type { Drill } from "../faults/drill.ts";
import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import { clientKinds } from "../load/plan.ts";
import { isServed, levelProblems } from "../result/levels.ts";
import { isGoverned, predictedDns, predictedStage, predictedTransition, predictionOf } from "../result/prediction.ts";
import type { Predicting } from "../result/prediction.ts";
import type { Figure, Predicted } from "../result/schema.ts";
import { outages } from "./outage.ts";
import { UNRESOLVED, bySite } from "./observation.ts";
import type { Observation } from "./observation.ts";
import { CURRENT_SECONDS, ageOf, isFromElsewhere } from "./steady.ts";
import { WORLD_PLACE } from "./load.ts";

/** What one run adds to a figure. */
export type RunFigure = Omit<Figure, "runs"> & { readonly seconds: number | null };

/** What one run measured. */
export interface Measured {
  readonly figures: readonly RunFigure[];
  /** What the prediction rules out, and happened. */
  readonly problems: readonly string[];
  /** What was seen where the prediction says too little to be held against. */
  readonly notes: readonly string[];
}

const UNNOTICED: Predicted = { kind: "bounded", seconds: 0, from: "nobody notices" };
/** A standby's wait until it believes that nothing comes any more. */
export const STAGE_NOTICED = "cut noticed";
/** What comes after the healing, one after the other. */
export const STAGES_BEHIND: readonly string[] = ["tunnel again", "replication again"];

/** Holds what clients saw against what was predicted for them. */
export function measure(drill: Drill, outcome: Predicting | undefined, observation: Observation): Measured {
  const requests = bySite(observation);
  if (drill.kinds === true) return { figures: kindFigures(drill, outcome, observation), problems: [], notes: [] };
  if (outcome === undefined) return { figures: [], problems: [], notes: ["the analysis knows no such fault"] };
  const found = outcome.sites.map((site) =>
    site.site === drill.dead ? deadSite(drill, outcome, observation) : livingSite(outcome, site, requests, observation),
  );
  return {
    figures: [...found.flatMap(({ figures }) => figures), ...behindFigure(drill, outcome, requests, observation)],
    problems: found.flatMap(({ problems }) => problems),
    notes: found.flatMap(({ notes }) => notes),
  };
}

function livingSite(
  outcome: Predicting,
  levels: Predicting["sites"][number],
  requests: readonly Entry[],
  observation: Observation,
): Measured {
  const { site, reads, writes, transition } = levels;
  const { faultAt, healedAt } = observation;
  const mine = requests.filter(({ group }) => group.site === site);
  const found = outages(mine, { from: faultAt, to: healedAt });
  const figures: RunFigure[] = [];
  const notes: string[] = [];
  const prediction = predictionOf(outcome);
  for (const [operation, level] of [
    ["read", reads],
    ["write", writes],
  ] as const) {
    const of = found.filter(({ group }) => group.operation === operation);
    const what = `${operation}s sent to ${site}`;
    const served = of.filter(({ group }) => isServed(levels, operation, group.service) === true);
    const others = of.filter((gap) => !served.includes(gap));
    if (others.length > 0) notes.push(`${what}, predicted ${level}: ${others.map(gapText).join("; ")}`);
    if (of.length === 0) notes.push(`${what}: none was sent, not measured`);
    const isHit = ({ group }: Gap): boolean =>
      (operation === "read" ? transition.unserved.reads : transition.unserved.writes).includes(group.service);
    const parts = [
      { gaps: served.filter(isHit), predicted: predictedTransition(prediction, site) },
      { gaps: served.filter((gap) => !isHit(gap)), predicted: UNNOTICED },
    ];
    for (const { gaps, predicted } of parts) {
      const worst = worstOf(gaps);
      if (worst === undefined) continue;
      const names = [...new Set(gaps.map(({ group }) => group.service))].sort();
      figures.push({
        what: `${what}${gaps.length === of.length ? "" : ` for ${names.join(" and ")}`}, longest time without a good answer`,
        predicted,
        governed: predicted !== UNNOTICED && isGoverned(transition.stages),
        resolution: round(worst.resolution),
        seconds: worst.recovered ? round(worst.longest) : null,
      });
    }
  }
  const sites = prediction.sites.filter((one) => one.site === site);
  const settledAt = faultAt + (transition.seconds ?? Infinity) * 1000;
  const settled = mine.filter(({ start, end }) => start > settledAt && end <= healedAt);
  return { figures, notes, problems: levelProblems({ ...prediction, sites }, settled) };
}

/** Clients that ask the DNS, until none of them is sent to the dead site or finds no name server. */
function deadSite(drill: Drill, outcome: Predicting, observation: Observation): Measured {
  return {
    figures: [
      {
        what: `clients that ask the DNS, until none is sent to ${drill.dead ?? ""}`,
        predicted: predictedDns(predictionOf(outcome)),
        governed: isGoverned(outcome.dns.stages),
        ...lastSentToDead(drill, observation),
      },
    ],
    problems: [],
    notes: [waitText(askingDns(observation), drill, observation)],
  };
}

/** How long clients waited for the dead site: which ends by their own time-outs, and is no part of the prediction. */
function waitText(
  asking: readonly Entry[],
  { dead = "" }: Drill,
  { addresses, faultAt, healedAt }: Observation,
): string {
  const waiting = asking.filter(
    (entry) =>
      addresses.get(entry.address ?? "") === dead && !succeeded(entry) && entry.end > faultAt && entry.start < healedAt,
  );
  const longest = waiting.reduce((most, { start, end }) => Math.max(most, end - Math.max(start, faultAt)), 0);
  return `${waiting.length} requests that were under way at ${dead} or sent there waited up to ${round(longest / 1000)} s for it`;
}

function kindFigures(drill: Drill, outcome: Predicting | undefined, observation: Observation): readonly RunFigure[] {
  return clientKinds.map((kind) => {
    const of = observation.entries.filter(
      ({ group }) => group.site === WORLD_PLACE && group.kind === kind && group.operation === "read",
    );
    const affected = of.filter((entry) => isAffected(entry, drill, observation));
    const predicted: Predicted =
      kind === "pinned"
        ? { kind: "by hand", from: "such a client never asks again" }
        : predictedDns(outcome === undefined ? null : predictionOf(outcome));
    const what = `reads of clients of kind ${kind}, until none fails`;
    return {
      what,
      predicted,
      // A browser that has all addresses takes the next one, whatever the settings of the DNS are.
      governed: kind === "resolver" && isGoverned(outcome?.dns.stages ?? []),
      ...lastAffected(affected, of, observation),
    };
  });
}

/** Requests from outside whose clients ask the DNS again. */
const askingDns = ({ entries }: Observation): readonly Entry[] =>
  entries.filter(({ group }) => group.site === WORLD_PLACE && group.kind !== "pinned");

/** Until the last request of clients that ask the DNS was sent to the dead site, or found no name server. */
export function lastSentToDead(drill: Drill, observation: Observation): Pick<RunFigure, "resolution" | "seconds"> {
  const asking = askingDns(observation);
  const affected = asking.filter((entry) => isAffected(entry, drill, observation));
  return lastAffected(affected, asking, observation);
}

/** Sent to the dead site, or to nobody because no name server answered, while it was dead. */
function isAffected(entry: Entry, { dead = "" }: Drill, { addresses, faultAt, healedAt }: Observation): boolean {
  if (entry.start < faultAt || entry.start >= healedAt || succeeded(entry) || entry.error === "not-sent") return false;
  const site = entry.address === undefined ? UNRESOLVED : addresses.get(entry.address);
  return site === dead || site === UNRESOLVED;
}

function lastAffected(
  affected: readonly Entry[],
  all: readonly Entry[],
  { faultAt, healedAt, beganAt }: Observation,
): Pick<RunFigure, "resolution" | "seconds"> {
  const before = all.filter(({ start }) => start >= beganAt && start < faultAt).length;
  const resolution = round((2 * (faultAt - beganAt)) / 1000 / Math.max(1, before));
  const last = affected.reduce((latest, { start }) => Math.max(latest, start), faultAt);
  const settled = healedAt - last > Math.max(5000, resolution * 1000);
  return { resolution, seconds: settled ? round((last - faultAt) / 1000) : null };
}

/** From the healing until the answers of the copy that fell behind are current again. */
function behindFigure(
  { behind }: Drill,
  outcome: Predicting,
  requests: readonly Entry[],
  { healedAt, faultAt, endedAt }: Observation,
): readonly RunFigure[] {
  if (behind === undefined) return [];
  const isHealed = healedAt < endedAt;
  const from = isHealed ? healedAt : faultAt;
  const reads = requests.filter(
    ({ group, start, end }) => group.site === behind && group.operation === "read" && start >= from && end <= endedAt,
  );
  if (reads.length === 0) return [];
  const old = reads.filter(
    (entry) => !succeeded(entry) || ageOf(entry) > CURRENT_SECONDS || isFromElsewhere(entry, behind),
  );
  const last = old.reduce((latest, { end }) => Math.max(latest, end), from);
  const stages = STAGES_BEHIND.map((name) => predictedStage(predictionOf(outcome), name));
  const unknown = stages.find(({ kind }) => kind !== "bounded");
  const again = stages.reduce((sum, stage) => sum + (stage.kind === "bounded" ? stage.seconds : 0), 0);
  // What heals by itself has to be back first.
  const back = isHealed ? 0 : (outcome.recovery.seconds ?? Infinity);
  const seconds = back + again;
  const words = stages.map(({ from: source }) => source).join("; ");
  const before = isHealed
    ? []
    : (outcome.sites.find(({ transition }) => transition.seconds === back)?.transition.stages ?? []);
  const named = outcome.recovery.stages.filter(({ name }) => STAGES_BEHIND.includes(name));
  return [
    {
      what: `answers at ${behind}, until they are current after the ${isHealed ? "healing" : "fault"}`,
      predicted:
        unknown ??
        (Number.isFinite(seconds)
          ? { kind: "bounded", seconds, from: words }
          : { kind: "unknown", from: "no time of recovery is known" }),
      governed: isGoverned([...before, ...named]),
      resolution: CURRENT_SECONDS,
      seconds: endedAt - last > 1000 ? round((last - from) / 1000) : null,
    },
  ];
}

/** The gap that lasted longest; one that never ended before all others. */
export function worstOf(found: readonly Gap[]): Gap | undefined {
  const weight = ({ recovered, longest }: Gap): number => (recovered ? longest : Infinity);
  return [...found].sort((a, b) => weight(b) - weight(a))[0];
}

function gapText({ group, requests, failed, mostOfOneClient, longest, recovered, errors }: Gap): string {
  const [first] = errors;
  const why = first === undefined ? "" : ` (${first[0]})`;
  const until = recovered ? "" : ", until the healing";
  return `${group.service} ${requests - failed} of ${requests} answered${why}, at most ${mostOfOneClient} failed of one client, none for ${round(longest)} s${until}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
