import { formatSeconds } from "../topologies/units.ts";
import type { DataLoss, Outcome, Reason, SiteOutcome } from "./outcome.ts";

/** The outcome of a fault as plain text: what happens, for how long, what is lost, what to do, and the facts it rests on. */
export function explain(outcome: Outcome): string {
  const { recovery, splitBrain, dns } = outcome;
  return [
    `${outcome.title}  (${outcome.fault})`,
    "",
    ...outcome.sites.flatMap(siteLines),
    dnsLine(dns),
    `Recovery: ${recovery.mode}${recovery.seconds === null ? "" : `, ${formatSeconds(recovery.seconds)} at worst`}`,
    ...recovery.stages.map(({ name, seconds, from }) => `    ${name}: ${formatSeconds(seconds)} (${from})`),
    ...outcome.dataLoss.map(lossLine),
    `Split brain: ${splitBrain.possible} (${splitBrain.why})`,
    ...section(
      "Promises",
      outcome.promises.map(({ id, verdict, why }) => `${id} ${verdict}: ${why}`),
    ),
    ...section("Because", outcome.reasons.flatMap(reasonLines)),
    ...section("Not known", outcome.unknowns.flatMap(reasonLines)),
    ...section("Known after an up", outcome.pending.flatMap(reasonLines)),
    ...section("Check", outcome.runbook.check),
    ...section("Type", outcome.runbook.type),
    ...section("Stop", outcome.runbook.stop),
  ].join("\n");
}

function siteLines({ site, reads, writes, transition, signIn, sessionsEndAfter }: SiteOutcome): readonly string[] {
  const on = transition.seconds === null ? "for an unknown time" : `for up to ${formatSeconds(transition.seconds)}`;
  return [
    `Clients of ${site}: reads ${reads}, writes ${writes}`,
    ...(transition.seconds === 0
      ? []
      : [`    until then: reads ${transition.reads}, writes ${transition.writes}, ${on}`]),
    `    signing in: ${signIn}${sessionsEndAfter === null ? "" : `; sessions last ${formatSeconds(sessionsEndAfter)}`}`,
  ];
}

function dnsLine({ affectedShare, seconds, settles, reads, writes }: Outcome["dns"]): string {
  const share = affectedShare === null ? "an unknown share" : `${Math.round(affectedShare * 100)} %`;
  const time =
    seconds === null
      ? settles
        ? "for an unknown time"
        : "until a person acts, or for an unknown time"
      : `for up to ${formatSeconds(seconds)}`;
  return `Names: ${affectedShare === 0 ? "nobody is sent to a dead site" : `${share} of the clients are sent to a dead site ${time}`}; all clients: reads ${reads}, writes ${writes}`;
}

function lossLine({ subject, kind, seconds, restoredFrom }: DataLoss): string {
  const from = restoredFrom === null ? "" : `, brought back from ${restoredFrom}`;
  const amount =
    kind === "bounded" && seconds !== null
      ? `up to ${formatSeconds(seconds)} of writes`
      : kind === "none"
        ? "nothing"
        : kind;
  return `Lost of ${subject}: ${amount}${from}`;
}

function reasonLines({ text, urns }: Reason): readonly string[] {
  return [text, ...urns.map((urn) => `    ${urn}`)];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}
