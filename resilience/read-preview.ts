import type { Problem } from "../config/problem.ts";
import { isJsonObject } from "./read-value.ts";
import type { JsonObject } from "./read-value.ts";

/** Steps after which the state that they tell of is no part of the stack. */
const NOT_LIVE: ReadonlySet<unknown> = new Set([
  "delete",
  "delete-replaced",
  "discard",
  "discard-replaced",
  "read-discard",
  "remove-pending-replace",
]);

/**
 * The states that a `pulumi preview --json` foresees.
 *
 * Without `--show-sames` the steps of resources that do not change are left out, but the summary still counts them: that
 * is how an incomplete preview is told from one in which nothing stays the same.
 *
 * @param fail throws the one error that the file is refused with
 */
export function readPreviewSteps(
  document: JsonObject,
  steps: readonly unknown[],
  fail: (problem: Omit<Problem, "offender">) => never,
): readonly unknown[] {
  const summary = document["changeSummary"];
  const command = "pulumi preview --json --show-sames";
  if (failed(document)) {
    return fail({
      rule: "a preview that succeeded",
      value: "a preview with errors",
      fix: `mend what it reports, then: ${command}`,
    });
  }
  if (!isJsonObject(summary)) {
    return fail({ rule: "a whole preview, with its changeSummary", value: "no changeSummary", fix: command });
  }
  const counted = typeof summary["same"] === "number" ? summary["same"] : 0;
  const shown = steps.filter((step) => isJsonObject(step) && step["op"] === "same").length;
  if (shown < counted) {
    return fail({
      rule: "a preview of the whole stack",
      reason: "what does not change is left out without --show-sames, and would seem not to exist",
      value: `${counted - shown} of ${counted} unchanged resources are missing`,
      fix: command,
    });
  }
  // A replacement may be told in two steps of one resource, `replace` and `create-replacement`, with the same new state.
  const byUrn = new Map<unknown, unknown>();
  for (const step of steps) {
    if (isJsonObject(step) && !NOT_LIVE.has(step["op"]) && isJsonObject(step["newState"]))
      byUrn.set(step["newState"]["urn"], step["newState"]);
  }
  return [...byUrn.values()];
}

function failed({ diagnostics }: JsonObject): boolean {
  return Array.isArray(diagnostics) && diagnostics.some((item) => isJsonObject(item) && item["severity"] === "error");
}
