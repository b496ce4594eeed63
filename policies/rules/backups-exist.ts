import { formatSeconds } from "../../topologies/units.ts";
import { backupsOf, dataOf } from "../data.ts";
import type { Data } from "../data.ts";
import { Findings, threshold } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import type { StackRule, StackView } from "../rule.ts";

const DAY = 86_400;

export const backupsExist: StackRule = {
  name: "backups-exist",
  kind: "stack",
  what: "Every database that takes writes has a base backup and an archive of its log, every volume of uploads a backup of its files.",
  ids: ["R4", "S1.7"],
  why: "A replica repeats a mistake or a corruption within moments; only a backup brings back what was before.",
  fix: "Schedule the missing backup, or take it out of suspension.",
  level: "mandatory",
  settings: {
    days: {
      type: "number",
      description:
        "Longest time between two base backups, or two backups of files, in days. One: the document promises daily backups (S1.7), and a restore replays no more log than a day's.",
      default: 1,
      minimum: 0,
    },
  },
  subject: "a database that takes writes, or a volume of uploads",
  expected: expectsData,
  evaluate(view, settings) {
    const findings = new Findings();
    for (const data of dataOf(view.system)) {
      findings.subject();
      wholeCopy(view, data, threshold(settings, "days"), findings);
      if (data.kind !== "uploads") log(view, data, findings);
    }
    return findings.verdict();
  },
};

function wholeCopy({ system }: StackView, data: Data, days: number, findings: Findings): void {
  const kind = data.kind === "uploads" ? "files" : "base";
  const what = kind === "files" ? "backup of its files" : "base backup";
  const backups = backupsOf(system, data, [kind]);
  if (backups.length === 0) {
    return findings.add(data.urn, `${data.label} has no ${what} that runs. Schedule one at least every ${days} d.`);
  }
  const gaps = backups.map(({ interval, urn }) =>
    findings.read(interval, `how often the ${what} of ${data.label} runs`, urn, "Give it a cron schedule"),
  );
  const shortest = Math.min(...gaps.map((gap) => gap ?? Infinity));
  if (Number.isFinite(shortest) && shortest > days * DAY)
    findings.add(
      backups[0]?.urn,
      `the ${what} of ${data.label} runs only every ${formatSeconds(shortest)}, and at most ${formatSeconds(days * DAY)} is asked for. Schedule it more often.`,
    );
}

function log({ system }: StackView, data: Data, findings: Findings): void {
  if (backupsOf(system, data, ["archive"]).length === 0)
    findings.add(
      data.urn,
      `${data.label} archives no log: what was written since its last base backup can't be restored. ${archiving(data)}`,
    );
}

function archiving(data: Data): string {
  return data.kind === "postgres"
    ? "Give the Cluster a plug-in with isWALArchiver."
    : "Enable pitr in the configuration of Percona Backup for MongoDB.";
}
