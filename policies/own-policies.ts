import type { StackValidationPolicy } from "@pulumi/policy";
import { LEFT, PENDING_UNTIL_UP } from "./own-names.ts";
import { alone } from "./platform-sites.ts";
import type { Rule } from "./rule.ts";
import type { Run } from "./run.ts";

/** Tells which rules and promises one stack can't show, so that nobody takes silence for consent. */
export function left(rules: readonly Rule[], run: Run): StackValidationPolicy {
  const names = rules.filter(({ kind }) => kind === "platform").map(({ name }) => name);
  return {
    name: LEFT,
    description: "Tells what this pack leaves to holdfast plan and holdfast check.",
    enforcementLevel: "advisory",
    validateStack: (args, report) => {
      const reading = run.stack(LEFT, args.resources);
      const one = "view" in reading && alone(reading.view.stack);
      const rulesLeft = one || names.length === 0 ? "" : `the policies over all sites (${names.join(", ")}) and `;
      const why = one ? "a pack does not analyse faults" : "a pack sees one stack";
      report(
        `${why}: ${rulesLeft}what each fault does to the promises R1 to R8 and to the document's claims are judged by ` +
          "`holdfast plan`, and by `holdfast check` with one file for each site.",
      );
    },
  };
}

/** The engine makes a policy advisory that meets a value which only an `up` knows, and says so in passing; this says it. */
export function pending(run: Run): StackValidationPolicy {
  return {
    name: PENDING_UNTIL_UP,
    description: "Tells what could not be judged because a value is known only after an up.",
    enforcementLevel: "advisory",
    validateStack: (args, report) => {
      for (const text of run.postponed(new Set(args.resources.map(({ urn }) => urn)))) report(run.clean(text));
    },
  };
}
