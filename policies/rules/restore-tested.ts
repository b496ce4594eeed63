import { formatSeconds } from "../../topologies/units.ts";
import { backupsOf, dataOf } from "../data.ts";
import { Findings, threshold } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import type { StackRule } from "../rule.ts";

const DAY = 86_400;

export const restoreTested: StackRule = {
  name: "restore-tested",
  kind: "stack",
  what: "A restore of every database that takes writes, and of every volume of uploads, is tried on a schedule.",
  ids: ["R4"],
  why: "A backup that nobody has restored is a hope: damage shows only when the data is needed.",
  fix: "Schedule a restore test of it, not suspended, and often enough.",
  level: "mandatory",
  settings: {
    days: {
      type: "number",
      description:
        "Longest time between two restore tests, in days. Seven: shorter than the time for which backups are kept, so that several tests see each of them.",
      default: 7,
      minimum: 0,
    },
  },
  subject: "a database that takes writes, or a volume of uploads",
  expected: expectsData,
  evaluate({ system }, settings) {
    const findings = new Findings();
    const longest = threshold(settings, "days") * DAY;
    for (const data of dataOf(system)) {
      findings.subject();
      const tests = backupsOf(system, data, ["restore-test"]);
      if (tests.length === 0)
        findings.add(
          data.urn,
          `no restore of ${data.label} is ever tried: there is no such schedule, or it is suspended. Try it at least every ${formatSeconds(longest)}.`,
        );
      const gaps = tests.map(({ interval, urn }) =>
        findings.read(interval, `how often a restore of ${data.label} is tried`, urn, "Give it a cron schedule"),
      );
      const shortest = Math.min(...gaps.map((gap) => gap ?? Infinity));
      if (Number.isFinite(shortest) && shortest > longest)
        findings.add(
          tests[0]?.urn,
          `a restore of ${data.label} is tried only every ${formatSeconds(shortest)}, and at most ${formatSeconds(longest)} is allowed. Schedule it more often.`,
        );
    }
    return findings.verdict();
  },
};
