import { valueOf } from "../../resilience/fact.ts";
import type { Backup, BackupStore } from "../../resilience/system.ts";
import { backupsOf, dataOf } from "../data.ts";
import type { Data } from "../data.ts";
import { Findings } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import { arrayText, lyingOf, managedOf, placesOf, siteOf } from "../places.ts";
import type { StackRule, StackView } from "../rule.ts";

const FIX = "Keep backups on disks of their own: another array, another machine, or another account";

export const backupsOffArray: StackRule = {
  name: "backups-off-array",
  kind: "stack",
  what: "No backup lies on the array of the data that it protects.",
  ids: ["R4", "C5"],
  why: "When that array is lost, the data and what should bring it back are lost together.",
  fix: `${FIX}.`,
  level: "mandatory",
  subject: "a backup of a database or of a volume of uploads",
  expected: expectsData,
  evaluate(view) {
    const findings = new Findings();
    for (const { data, backup } of pairs(view)) {
      findings.subject();
      judge(view, data, backup, findings);
    }
    return findings.verdict();
  },
};

interface Pair {
  readonly data: Data;
  readonly backup: Backup;
}

function pairs({ system }: StackView): readonly Pair[] {
  return dataOf(system).flatMap((data) =>
    backupsOf(system, data, ["base", "archive", "files"]).map((backup) => ({ data, backup })),
  );
}

function judge({ system }: StackView, data: Data, backup: Backup, findings: Findings): void {
  const what = `the ${backup.kind === "archive" ? "log" : "backup"} of ${data.label}`;
  const name = findings.read(backup.to, `where ${what} goes`, backup.urn, "Name a store that a Zone describes");
  if (name === undefined) return;
  const store = system.backupStores.find((each) => each.name === name);
  if (!store)
    return findings.add(backup.urn, `${what} goes to ${name}, which no Zone describes. Describe where it lies.`);
  const site = siteOf(system, data.site);
  if (!site || store.site !== data.site || managedOf(site, data.storageClass)) return;
  const lying = lyingOf(store);
  if (lying.kind === "account") return;
  const array = findings.read(
    lying.array,
    `on which array ${store.name} lies`,
    store.urn,
    "Declare server and array of holdfast:site.backupStore",
  );
  const places = findings.read(
    placesOf(site, data.storageClass),
    `on which array ${data.label} lies`,
    data.urn,
    "Declare the array of its storage class in holdfast:site.servers",
  );
  const same = places?.find((place) => place.server === array?.server && place.array.name === array.array);
  if (same) findings.add(backup.urn, shared(what, store, arrayText(same.array), data));
}

function shared(what: string, store: BackupStore, array: string, data: Data): string {
  const tail = `${data.label} (storage class ${valueOf(data.storageClass) ?? "unknown"}) lies there too, and is lost with it`;
  return `${what} goes to ${store.name}, which lies on array ${array}: ${tail}. ${FIX}.`;
}
