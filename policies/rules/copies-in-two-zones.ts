import { valueOf } from "../../resilience/fact.ts";
import type { PlatformRule, PlatformView } from "../rule.ts";
import { copiesOf, dataSets } from "../copies.ts";
import type { DataSet } from "../copies.ts";
import { Findings, counted, listed, threshold } from "../findings.ts";

export const copiesInTwoZones: PlatformRule = {
  name: "copies-in-two-zones",
  kind: "platform",
  what: "Every database has live copies in two availability zones at the least; files of users lie, or are backed up, in as many.",
  ids: ["R4", "R7", "S2.3", "S3.2", "S3.3"],
  why: "A zone fails as a whole: what lies in one alone is gone with it, or at best out of reach.",
  fix: "Run a replica in another zone or at another site, spread by a constraint that must hold, or use zone-redundant volumes.",
  level: "mandatory",
  settings: {
    zones: {
      type: "integer",
      description: "Availability zones that must hold a copy. Two, as promised (R7); a site without zones is one.",
      default: 2,
      minimum: 1,
    },
  },
  subject: "a database or a volume of uploads",
  evaluate(view, settings) {
    const findings = new Findings();
    for (const set of dataSets(view.system)) {
      findings.subject();
      judge(view, set, threshold(settings, "zones"), findings);
    }
    return findings.verdict();
  },
};

function judge(view: PlatformView, set: DataSet, wanted: number, findings: Findings): void {
  const { zones, unclear } = copiesOf(view, set);
  if (zones.length >= wanted) return;
  for (const { fact, what } of unclear) findings.read(fact, what, set.urn, "Declare it");
  if (unclear.some(({ fact }) => valueOf(fact) === undefined)) return;
  findings.add(
    set.urn,
    `${set.label} is sure to have copies in ${counted(zones.length, "zone")} only (${listed(zones)}), and ${wanted} are asked for. ${copiesInTwoZones.fix}`,
  );
}
