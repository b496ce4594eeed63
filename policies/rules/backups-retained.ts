import { formatSeconds } from "../../topologies/units.ts";
import type { BackupStore } from "../../resilience/system.ts";
import { valueOf } from "../../resilience/fact.ts";
import { Findings, threshold } from "../findings.ts";
import type { StackRule, StackView } from "../rule.ts";

const DAY = 86_400;

export const backupsRetained: StackRule = {
  name: "backups-retained",
  kind: "stack",
  what: "Backups are kept long enough, locked for that time, and the cluster's own key can't delete them.",
  ids: ["R4"],
  why: "Whoever takes over the cluster, or a corruption that is noticed late, would otherwise leave no good backup.",
  fix: "Lengthen retention and lock of the store, and give the cluster a key that can't delete versions.",
  level: "mandatory",
  settings: {
    days: {
      type: "number",
      description:
        "How long backups must be kept and locked, in days. Thirty: a corruption that shows in what is done once a month can still be undone.",
      default: 30,
      minimum: 1,
    },
  },
  subject: "a backup store",
  expected: (view) => view.system.backups.length > 0,
  evaluate(view, settings) {
    const findings = new Findings();
    for (const store of usedBy(view)) {
      findings.subject();
      judge(store, threshold(settings, "days") * DAY, findings);
    }
    return findings.verdict();
  },
};

/** The stores of this site, and of others only what their own stacks say. */
function usedBy({ system }: StackView): readonly BackupStore[] {
  const targets = new Set(system.backups.map(({ to }) => valueOf(to)));
  return system.backupStores.filter(({ name }) => targets.has(name));
}

function judge(store: BackupStore, wanted: number, findings: Findings): void {
  const { name, urn } = store;
  const kept = findings.read(store.retention, `how long ${name} keeps backups`, urn, "Declare its retention");
  if (kept !== undefined && kept < wanted)
    findings.add(
      urn,
      `${name} keeps backups for ${formatSeconds(kept)}, and ${formatSeconds(wanted)} is asked for. Lengthen backups.retention of the topology.`,
    );
  const locked = findings.read(
    store.lockedFor,
    `how long ${name} locks versions`,
    urn,
    "Declare lockedFor of the store",
  );
  if (locked !== undefined && locked < wanted)
    findings.add(
      urn,
      `${locked === 0 ? `${name} locks no version` : `${name} locks versions for ${formatSeconds(locked)}`}, and ${formatSeconds(wanted)} is asked for: until then they can be deleted or overwritten. Lock them for as long (lockedFor).`,
    );
  const canDelete = findings.read(
    store.clusterCanDelete,
    `whether the cluster's key can delete versions in ${name}`,
    urn,
    "Declare clusterCanDelete of the store",
  );
  if (canDelete === true)
    findings.add(
      urn,
      `the key that the cluster holds can delete versions in ${name}: who takes over the cluster deletes the backups too. Use a key without that right (clusterCanDelete: false).`,
    );
}
