import { InputError } from "../../config/problem.ts";
import { nearest } from "../../config/nearest.ts";
import type { Drill } from "../faults/drill.ts";
import type { PlannedDrill } from "../result/text.ts";

export interface Selection {
  /** Ids, or faults as outcomes.json writes them, or both: `D4:process:mongo@aachen`. @default all */
  readonly only?: readonly string[];
  /** One fault for each store and one link cut. */
  readonly short: boolean;
}

/**
 * The drills that are to be run, in their order. What is planned and cannot be run may be named beside others: it prints
 * `not measured`.
 *
 * @throws InputError naming every id that is none, or where nothing can be run
 */
export function selectDrills(
  drills: readonly Drill[],
  planned: readonly PlannedDrill[],
  { only, short }: Selection,
): readonly Drill[] {
  const known = [...new Set(planned.map(({ id }) => id))];
  const names = [...new Set([...known, ...planned.flatMap(namesOf)])];
  const words = new Set(names.map((name) => name.toLowerCase()));
  const unknown = (only ?? []).filter((word) => !words.has(word.toLowerCase()));
  if (unknown.length > 0)
    throw new InputError(
      "Command line",
      unknown.map((word) => {
        const near = nearest(word, names);
        return {
          offender: `drill ${JSON.stringify(word)}`,
          rule: `one of ${known.join(", ")}`,
          value: word,
          fix: near ? `did you mean ${near}?` : "name one of those",
        };
      }),
    );
  const wanted = new Set((only ?? []).map((word) => word.toLowerCase()));
  const named = (drill: Drill): boolean =>
    only === undefined || namesOf(drill).some((name) => wanted.has(name.toLowerCase()));
  const chosen = drills.filter((drill) => named(drill) && (!short || only !== undefined || drill.short === true));
  if (chosen.length === 0)
    throw new InputError("Command line", [
      {
        offender: "--only",
        rule: `a drill that can be run: ${[...new Set(drills.map(({ id }) => id))].join(", ")}`,
        reason: "those named are planned, and cannot be run",
        value: (only ?? []).join(", "),
        fix: "name another one",
      },
    ]);
  return chosen;
}

/** What a drill may be called by: its id, its fault, or both where each alone names several. */
const namesOf = ({ id, fault }: Pick<Drill, "id" | "fault">): readonly string[] => [id, fault, `${id}:${fault}`];

/** `D1,D4 D9` → its words. */
export const wordsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);
