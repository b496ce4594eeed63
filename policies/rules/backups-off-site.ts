import { formatSeconds } from "../../topologies/units.ts";
import type { System } from "../../resilience/system.ts";
import { dataOf } from "../data.ts";
import type { Data } from "../data.ts";
import { Findings, listed, threshold } from "../findings.ts";
import { isElsewhere, replicatesAbroad } from "../places.ts";
import { holdersOf } from "../holders.ts";
import type { PlatformRule } from "../rule.ts";

const DAY = 86_400;

export const backupsOffSite: PlatformRule = {
  name: "backups-off-site",
  kind: "platform",
  what: "Of every backup there is a copy at another site, or in another region.",
  ids: ["R4", "C6", "S1.7", "S3.2"],
  why: "Fire, theft or a closed account take a whole site with all of its storage.",
  fix: "Pull a copy to another site (backups.copies of the topology), or use a store that is replicated to another region.",
  level: "mandatory",
  settings: {
    days: {
      type: "number",
      description: "Longest time between two copies, in days. Seven: the document promises weekly ones (S1.7, C6).",
      default: 7,
      minimum: 0,
    },
  },
  subject: "a database that takes writes, or a volume of uploads",
  evaluate({ system }, settings) {
    const findings = new Findings();
    for (const data of dataOf(system)) {
      findings.subject();
      judge(system, data, threshold(settings, "days") * DAY, findings);
    }
    return findings.verdict();
  },
};

function judge(system: System, data: Data, longest: number, findings: Findings): void {
  const held = holdersOf(system, data);
  const away = held.filter(({ store }) => isElsewhere(system, store, data.site) || replicatesAbroad(store));
  if (away.length === 0) {
    const where =
      held.length === 0 ? "in no store that was read" : `only in ${listed(held.map(({ store }) => store.name))}`;
    findings.add(
      data.urn,
      `backups of ${data.label} lie ${where}: the loss of ${data.site} takes them too. ${backupsOffSite.fix}`,
    );
    return;
  }
  const gaps = away.map(({ gap }) => gap ?? Infinity);
  const best = away[gaps.indexOf(Math.min(...gaps))];
  if (!best || (best.gap !== undefined && best.gap <= longest)) return;
  findings.add(
    best.urn,
    best.gap === undefined
      ? `how often backups of ${data.label} are copied to ${best.store.name} is not known. Give the copy a cron schedule.`
      : `backups of ${data.label} are copied to ${best.store.name} only every ${formatSeconds(best.gap)}, and at most ${formatSeconds(longest)} is allowed. Copy them more often.`,
  );
}
