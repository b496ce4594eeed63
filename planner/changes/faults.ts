import { formatSeconds } from "../../topologies/units.ts";
import { recoveryText } from "../view.ts";
import type { OutcomeDocument } from "./document.ts";
import { chainOf, reasonsChange } from "./reasons.ts";
import type { ReasonsChange } from "./reasons.ts";

/** One thing that clients or operators notice, in words; `null`: it was not there, or is no longer. */
export interface Aspect {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What becomes of a promise under one fault. */
export interface PromiseAfterFault {
  readonly id: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly why: string;
}

/** A fault whose outcome is another now, one that has come into being, or one that no longer exists. */
export interface FaultChange {
  readonly fault: string;
  readonly title: string;
  readonly kind: "changed" | "new" | "vanished";
  readonly aspects: readonly Aspect[];
  readonly promises: readonly PromiseAfterFault[];
  readonly reasons: ReasonsChange;
}

/** Faults in the order of the new state, then those that vanished. What changed in words only is no change. */
export function faultChanges(
  before: readonly OutcomeDocument[],
  after: readonly OutcomeDocument[],
): readonly FaultChange[] {
  const old = new Map(before.map((outcome) => [outcome.fault, outcome]));
  const now = new Set(after.map(({ fault }) => fault));
  return [
    ...after.flatMap((outcome) => faultChange(old.get(outcome.fault), outcome)),
    ...before.filter(({ fault }) => !now.has(fault)).flatMap((outcome) => faultChange(outcome, undefined)),
  ];
}

function faultChange(before: OutcomeDocument | undefined, after: OutcomeDocument | undefined): readonly FaultChange[] {
  const outcome = after ?? before;
  if (!outcome) return [];
  const aspects = pairs(aspectsOf(before), aspectsOf(after));
  const promises = promiseChanges(before, after);
  if (before && after && aspects.length + promises.length === 0) return [];
  return [
    {
      fault: outcome.fault,
      title: outcome.title,
      kind: !before ? "new" : !after ? "vanished" : "changed",
      aspects,
      promises,
      reasons: before && after ? reasonsChange(chainOf(before), chainOf(after)) : { gone: [], come: chainOf(after) },
    },
  ];
}

function promiseChanges(
  before: OutcomeDocument | undefined,
  after: OutcomeDocument | undefined,
): readonly PromiseAfterFault[] {
  const old = new Map(before?.promises.map((promise) => [promise.id, promise]));
  const now = new Map(after?.promises.map((promise) => [promise.id, promise]));
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    return was?.verdict === is?.verdict
      ? []
      : [{ id, before: was?.verdict ?? null, after: is?.verdict ?? null, why: (is ?? was)?.why ?? "" }];
  });
}

function pairs(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly Aspect[] {
  return [...new Set([...after.keys(), ...before.keys()])]
    .map((name) => ({ name, before: before.get(name) ?? null, after: after.get(name) ?? null }))
    .filter((aspect) => aspect.before !== aspect.after);
}

function aspectsOf(outcome: OutcomeDocument | undefined): ReadonlyMap<string, string> {
  if (!outcome) return new Map();
  const { sites, dns, recovery, dataLoss, splitBrain, capacity } = outcome;
  return new Map([
    ...sites.flatMap(({ site, reads, writes, transition, signIn }): [string, string][] => [
      [`reads at ${site}`, reads],
      [`writes at ${site}`, writes],
      [`at first at ${site}`, transitionText(transition)],
      [`signing in at ${site}`, signIn],
    ]),
    ["recovery", recoveryWords(recovery)],
    ["clients sent to a dead site", namesText(dns)],
    ...dataLoss.map((loss): [string, string] => [`lost of ${loss.subject}`, lossText(loss)]),
    ["split brain", splitBrain.possible],
    ...capacity.map(({ site, enough }): [string, string] => [`enough capacity at ${site}`, enough]),
  ]);
}

function transitionText({ reads, writes, seconds }: OutcomeDocument["sites"][number]["transition"]): string {
  if (seconds === 0) return "nothing";
  return `reads ${reads}, writes ${writes} ${seconds === null ? "for an unknown time" : `for up to ${formatSeconds(seconds)}`}`;
}

function recoveryWords(recovery: OutcomeDocument["recovery"]): string {
  const { commands } = recovery;
  return `${recoveryText(recovery)}${commands.length > 0 ? `: ${commands.join("; ")}` : ""}`;
}

function namesText({ affectedShare, seconds, settles }: OutcomeDocument["dns"]): string {
  if (affectedShare === 0) return "none";
  const share = affectedShare === null ? "an unknown share" : `${Math.round(affectedShare * 100)} %`;
  if (!settles) return `${share} until a person acts`;
  return `${share} ${seconds === null ? "for an unknown time" : `for up to ${formatSeconds(seconds)}`}`;
}

function lossText({ kind, seconds, restoredFrom }: OutcomeDocument["dataLoss"][number]): string {
  const amount =
    kind === "none"
      ? "nothing"
      : kind === "bounded" && seconds !== null
        ? `up to ${formatSeconds(seconds)} of writes`
        : kind;
  return restoredFrom === null ? amount : `${amount}, brought back from ${restoredFrom}`;
}
