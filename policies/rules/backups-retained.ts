import type { BackupStore } from "../../resilience/system.ts";
import { Findings, threshold } from "../findings.ts";
import { storesUsed } from "../holders.ts";
import type { StackRule } from "../rule.ts";

const DAY = 86_400;

export const backupsRetained: StackRule = {
  name: "backups-retained",
  kind: "stack",
  what: "Backups are kept long enough.",
  ids: ["R4"],
  why: "A corruption that is noticed late would otherwise be in every backup that is left.",
  fix: "Lengthen backups.retention of the topology.",
  level: "mandatory",
  settings: {
    days: {
      type: "number",
      description:
        "How long backups must be kept, in days. Thirty: a corruption that shows in what is done once a month can still be undone.",
      default: 30,
      minimum: 1,
    },
  },
  subject: "a backup store",
  expected: (view) => view.system.backups.length > 0,
  evaluate(view, settings) {
    const findings = new Findings();
    for (const store of storesUsed(view.system)) {
      findings.subject();
      judge(store, threshold(settings, "days") * DAY, findings);
    }
    return findings.verdict();
  },
};

function judge(store: BackupStore, wanted: number, findings: Findings): void {
  const { name, urn } = store;
  const kept = findings.read(store.retention, `how long ${name} keeps backups`, urn, "Declare its retention");
  if (kept !== undefined && kept < wanted)
    findings.add(
      urn,
      `${name} keeps backups for ${kept / DAY} d, and ${wanted / DAY} d is asked for. Lengthen backups.retention of the topology.`,
    );
}
