import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import type { Prediction } from "./schema.ts";

/**
 * What the settled state contradicts: clients of whom the prediction says that they get everything must not fail, and those of
 * whom it says that they get nothing must not succeed. `partial` and `stale` say too little to be contradicted here.
 *
 * @param entries requests that were sent while the fault lasted and after the predicted time until it is settled
 */
export function levelProblems({ sites }: Prediction, entries: readonly Entry[]): readonly string[] {
  return sites.flatMap(({ site, reads, writes }) =>
    (["read", "write"] as const).flatMap((operation) => {
      const level = operation === "read" ? reads : writes;
      const of = entries.filter(({ group }) => group.site === site && group.operation === operation);
      const good = of.filter(succeeded).length;
      const text = `clients of ${site}: ${operation}s predicted ${level}`;
      if (level === "full" && good < of.length) return [`${text}, ${of.length - good} of ${of.length} failed`];
      const none = level === "down" || (level === "read-only" && operation === "write");
      return none && good > 0 ? [`${text}, ${good} of ${of.length} were answered`] : [];
    }),
  );
}
