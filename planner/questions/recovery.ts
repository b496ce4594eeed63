import type { Outcome } from "../../resilience/outcome.ts";
import { formatSeconds } from "../../topologies/units.ts";
import type { Answer } from "./answer.ts";

/** N2: what of the primary site's failure recovers by itself, what doesn't, and with which command. */
export function primaryFailure(primary: string, outcomes: readonly Outcome[]): Answer {
  const question = `Does a failure of ${primary} recover by itself?`;
  const outcome = outcomes.find(({ fault }) => fault === `site:${primary}`);
  if (!outcome) return { id: "N2", question, sentences: ["unknown: that fault was not analysed"] };
  const { dns, recovery, sites } = outcome;
  const settled = sites
    .map(({ site, reads, writes }) => `${site}'s clients: reads ${reads}, writes ${writes}`)
    .join("; ");
  // With one site there is no other to lead to.
  const names =
    sites.length === 1
      ? "Not by itself: no other site is left to answer."
      : dns.settles && dns.seconds !== null
        ? `By itself: names lead to living sites only within ${formatSeconds(dns.seconds)}.`
        : "Not by itself: names go on leading to the dead site.";
  const commands = recovery.commands.length > 0 ? [`By a person: ${recovery.commands.join("; ")}.`] : [];
  return { id: "N2", question, sentences: [names, `Then ${settled}.`, ...commands] };
}
