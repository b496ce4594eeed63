import { plain } from "../../resilience/observe/field.ts";
import type { Field } from "../../resilience/observe/field.ts";
import type { BackupStore } from "../../resilience/system.ts";
import { Findings, threshold } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import { storesUsed } from "../holders.ts";
import { objectsOf } from "../objects.ts";
import type { StackRule, StackView } from "../rule.ts";

const DAY = 86_400;

export const backupsRetained: StackRule = {
  name: "backups-retained",
  kind: "stack",
  what: "Backups are kept long enough, and nothing that clears up old ones takes them earlier.",
  ids: ["R4"],
  why: "A corruption that is noticed late would otherwise be in every backup that is left.",
  fix: "Lengthen backups.retention of the topology, retentionPolicy of the ObjectStore, or the age in the account's ManagementPolicy.",
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
  expected: (view) => expectsData(view) || view.system.backups.length > 0,
  evaluate(view, settings) {
    const findings = new Findings();
    for (const store of storesUsed(view.system)) {
      findings.subject();
      judge(store, threshold(settings, "days") * DAY, findings);
    }
    cleared(view, threshold(settings, "days"), findings);
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

/** Days in barman's notation; months count 30 (Barman 3.14, retention policies by recovery window). */
const BARMAN_DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 };

/** What clears up by itself: barman's own retention, and the lifecycle of an account. Without a word neither deletes. */
function cleared(view: StackView, wanted: number, findings: Findings): void {
  const objects = objectsOf(view);
  const policies = [
    ...objects.ofKind("barmancloud.cnpg.io/ObjectStore").map(({ inputs }) => inputs.get("spec", "retentionPolicy")),
    ...objects
      .ofKind("postgresql.cnpg.io/Cluster")
      .map(({ inputs }) => inputs.get("spec", "backup", "retentionPolicy")),
  ];
  for (const policy of policies.filter(({ absent }) => !absent)) {
    const kept = findings.read(
      policy.read("a number of days, weeks or months, such as 35d", barmanDays),
      "how long barman keeps backups",
      policy.urn,
      "Write it as in 35d",
    );
    if (kept !== undefined && kept < wanted) findings.add(policy.urn, tooEarly("barman", plain(policy) ?? "", wanted));
  }
  for (const { urn, inputs } of objects.ofType("azure-native:storage:ManagementPolicy"))
    for (const rule of inputs
      .get("policy", "rules")
      .items()
      .filter((one) => one.get("enabled").value !== false))
      for (const age of deletingAges(rule))
        if (typeof age.value === "number" && age.value < wanted)
          findings.add(
            urn,
            tooEarly(`the rule ${plain(rule.get("name")) ?? rule.path} of the account`, `${age.value} d`, wanted),
          );
}

function barmanDays(value: unknown): number | undefined {
  const [, count, unit = ""] = /^([1-9]\d*)([dwm])$/.exec(typeof value === "string" ? value : "") ?? [];
  const days = BARMAN_DAYS[unit];
  return count === undefined || days === undefined ? undefined : Number(count) * days;
}

/** Ages at which a rule deletes: of blobs, their versions and snapshots, since any of several events. */
function deletingAges(rule: Field): readonly Field[] {
  return ["baseBlob", "version", "snapshot"].flatMap((kind) =>
    rule
      .get("definition", "actions", kind, "delete")
      .entries()
      .map(([, age]) => age),
  );
}

const tooEarly = (who: string, after: string, wanted: number): string =>
  `${who} deletes backups after ${after}, and ${wanted} d is asked for. Let it wait as long.`;
