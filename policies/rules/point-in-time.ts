import { formatSeconds } from "../../topologies/units.ts";
import { backupsOf, dataOf } from "../data.ts";
import { Findings, threshold } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import type { StackRule, StackView } from "../rule.ts";

export const pointInTime: StackRule = {
  name: "point-in-time",
  kind: "stack",
  what: "The log of every database that takes writes is archived continuously, so that any moment can be restored.",
  ids: ["R4"],
  why: "A corruption is undone by going back to the moment before it; what is not in the archive yet is lost.",
  fix: "Shorten archive_timeout of the Cluster and its checkpoint_timeout, or pitr.oplogSpanMin of Percona Backup for MongoDB.",
  level: "mandatory",
  settings: {
    seconds: {
      type: "number",
      description:
        "Longest time that a write may stay out of the archive, in seconds. One minute: the shortest span of Percona Backup for MongoDB 2, and a segment of PostgreSQL's log each minute is affordable.",
      default: 60,
      minimum: 0,
    },
  },
  subject: "a database that takes writes",
  expected: expectsData,
  evaluate(view, settings) {
    const findings = new Findings();
    const longest = threshold(settings, "seconds");
    for (const data of databases(view)) {
      findings.subject();
      const archives = backupsOf(view.system, data, ["archive"]);
      if (archives.length === 0)
        findings.add(
          data.urn,
          `${data.label} can be restored to its base backups only: it archives no log. Archive it.`,
        );
      for (const { interval, urn } of archives) {
        const span = findings.read(
          interval,
          `how long a write of ${data.label} stays out of the archive`,
          urn,
          "Declare it",
        );
        if (span === undefined || (span > 0 && span <= longest)) continue;
        findings.add(
          urn,
          span > 0
            ? `a write to ${data.label} may stay out of the archive for ${formatSeconds(span)}, and at most ${formatSeconds(longest)} is allowed. ${pointInTime.fix}`
            : `nothing ends how long a write to ${data.label} stays out of the archive: its time-out is 0. ${pointInTime.fix}`,
        );
      }
    }
    return findings.verdict();
  },
};

const databases = ({ system }: StackView) => dataOf(system).filter(({ kind }) => kind !== "uploads");
