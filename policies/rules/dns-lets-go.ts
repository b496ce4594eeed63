import { publicRecords } from "../../resilience/analyse/names.ts";
import { valueOf } from "../../resilience/fact.ts";
import { findGateways } from "../../resilience/observe/gateways.ts";
import type { AddressRecord } from "../../resilience/system.ts";
import { formatSeconds } from "../../topologies/units.ts";
import { Findings, threshold } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { alone } from "../platform-sites.ts";
import type { StackRule, StackView } from "../rule.ts";

export const dnsLetsGo: StackRule = {
  name: "dns-lets-go",
  kind: "stack",
  what: "The platform's names lead to several sites, and a site that does not answer drops out of the answers by itself and soon.",
  ids: ["R8", "S1.1", "S7.5"],
  why: "With a static record the clients of a dead site stay there until a person takes it out.",
  fix: "Let the name server check each site (dns.mode checked, or Traffic Manager), and shorten interval, failures and TTL.",
  level: "mandatory",
  settings: {
    seconds: {
      type: "number",
      description:
        "Longest time until no answer that is still cached leads to a dead site, in seconds: failed checks, the last one's time-out, and the TTL. Sixty: what S7.5 asks of a provider; R5 asks for less, which the analysis judges.",
      default: 60,
      minimum: 0,
    },
  },
  subject: "an address record of a public name that leads to several sites",
  // Where there is one site only, there is nowhere else to send its clients.
  expected: (view) => otherSites(view) !== "none",
  evaluate(view, settings) {
    const findings = new Findings();
    for (const record of recordsOf(view)) {
      findings.subject();
      judge(record, otherSites(view), threshold(settings, "seconds"), findings);
    }
    return findings.verdict();
  },
};

/** Of a platform with one site only records that lead to several places: those promise that one may fail. */
function recordsOf(view: StackView): readonly AddressRecord[] {
  const records = publicRecords(view.system, view.system.nameServers);
  return otherSites(view) === "none" ? records.filter(({ targets }) => targets.length > 1) : records;
}

/** Whether there are other sites; `untold` while this site's tunnel has no peer yet: none of them has told of itself. */
function otherSites(view: StackView): "none" | "untold" | "told" {
  if (alone(view.stack)) return "none";
  const gateways = findGateways(objectsOf(view));
  const waits = gateways.length > 0 && gateways.every(({ tunnel }) => valueOf(tunnel)?.peers.length === 0);
  return waits ? "untold" : "told";
}

function judge(
  { name, targets, check, ttl, source: { urn } }: AddressRecord,
  others: "none" | "untold" | "told",
  longest: number,
  findings: Findings,
): void {
  const distinct = [...new Set(targets.map(({ address }) => address))];
  const addresses = distinct.join(", ");
  const alone = `${name} leads to ${addresses || "no address"} alone`;
  if (distinct.length < 2 && others === "untold")
    return findings.wait(`${alone}: another site's address joins it once that site has told it`);
  if (distinct.length < 2)
    findings.add(urn, `${alone}: when that is dead, nobody is led elsewhere. Add the other sites' addresses.`);
  if (!check)
    return findings.add(
      urn,
      `${name} leads to ${addresses} whether they answer or not: a dead site stays until a person takes it out. Let the name server check them.`,
    );
  const { interval, failures, timeout } = check;
  const seconds = interval * failures + timeout + ttl;
  if (seconds > longest)
    findings.add(
      urn,
      `a dead site stays in the answers for ${name} for ${formatSeconds(seconds)} (${failures} × ${interval} s between checks, time-out ${timeout} s, TTL ${ttl} s), and at most ${formatSeconds(longest)} is allowed. Check more often, or shorten the TTL.`,
    );
}
