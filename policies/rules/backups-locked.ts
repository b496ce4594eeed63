import type { BackupStore } from "../../resilience/system.ts";
import { Findings, threshold } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import { storesUsed } from "../holders.ts";
import type { StackRule } from "../rule.ts";

const DAY = 86_400;

export const backupsLocked: StackRule = {
  name: "backups-locked",
  kind: "stack",
  what: "Backups can't be deleted or overwritten for as long as they must be kept, and the cluster's own key can't do it at all.",
  ids: ["R4"],
  why: "Whoever takes over the cluster would delete the backups along with the data.",
  fix: "Lock the versions of the store for as long (lockedFor; on Azure locked: true, after the first up), and give the cluster a key that can't delete versions.",
  // Azure makes a policy unlocked and lets it be locked afterwards only: a mandatory rule would stop the first `up`.
  level: "advisory",
  settings: {
    days: {
      type: "number",
      description:
        "How long versions must be locked, in days. Thirty, as long as backups must be kept: a corruption that shows in what is done once a month can still be undone.",
      default: 30,
      minimum: 1,
    },
  },
  subject: "a backup store",
  expected: (view) => expectsData(view) || view.system.backups.length > 0,
  evaluate({ system }, settings) {
    const findings = new Findings();
    for (const store of storesUsed(system)) {
      findings.subject();
      judge(store, threshold(settings, "days") * DAY, findings);
    }
    return findings.verdict();
  },
};

function judge({ name, urn, lockedFor, clusterCanDelete }: BackupStore, wanted: number, findings: Findings): void {
  const locked = findings.read(lockedFor, `how long ${name} locks versions`, urn, "Declare lockedFor of the store");
  if (locked !== undefined && locked < wanted)
    findings.add(
      urn,
      `${locked === 0 ? `${name} locks no version` : `${name} locks versions for ${locked / DAY} d`}, and ${wanted / DAY} d is asked for: who has the right key deletes them. Lock them for as long (lockedFor; on Azure locked: true, after the first up).`,
    );
  const canDelete = findings.read(
    clusterCanDelete,
    `whether the cluster's key can delete versions in ${name}`,
    urn,
    "Declare clusterCanDelete of the store",
  );
  if (canDelete === true)
    findings.add(
      urn,
      `the key that the cluster holds can delete versions in ${name}: who takes over the cluster deletes the backups too. Use a key without that right, or lock the versions.`,
    );
}
