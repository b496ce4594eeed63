import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import type { SiteOutcome } from "../../resilience/outcome.ts";
import type { Prediction } from "./schema.ts";

type Operation = "read" | "write";
type Levels = Pick<SiteOutcome, "reads" | "writes" | "unserved">;

/** Does the settled state answer every such request? `undefined`: the analysis does not know. */
export function isServed(
  { reads, writes, unserved }: Levels,
  operation: Operation,
  service: string,
): boolean | undefined {
  const level = operation === "read" ? reads : writes;
  switch (level) {
    case "full":
    case "stale":
      return true;
    case "partial":
    case "read-only":
    case "down":
      return !(operation === "read" ? unserved.reads : unserved.writes).includes(service);
    case "unknown":
      return undefined;
    default: {
      const never: never = level;
      throw new Error(`no level ${String(never)}`);
    }
  }
}

/**
 * What the settled state contradicts: what is said to be served must not fail, and of whom it says that they get nothing must
 * not succeed. Of a service that is served in part neither can be said.
 *
 * @param entries requests that were sent while the fault lasted and after the predicted time until it is settled
 */
export function levelProblems({ sites }: Prediction, entries: readonly Entry[]): readonly string[] {
  return sites.flatMap((levels) =>
    (["read", "write"] as const).flatMap((operation) => {
      const level = operation === "read" ? levels.reads : levels.writes;
      const of = entries.filter(({ group }) => group.site === levels.site && group.operation === operation);
      const text = `clients of ${levels.site}: ${operation}s predicted ${level}`;
      const served = of.filter(({ group }) => isServed(levels, operation, group.service) === true);
      const failed = served.filter((entry) => !succeeded(entry));
      const names = [...new Set(failed.map(({ group }) => group.service))].sort().join(", ");
      const good = of.filter(succeeded).length;
      const none = level === "down" || (level === "read-only" && operation === "write");
      return [
        ...(failed.length > 0 ? [`${text}, ${failed.length} of ${served.length} failed (${names})`] : []),
        ...(none && good > 0 ? [`${text}, ${good} of ${of.length} were answered`] : []),
      ];
    }),
  );
}
