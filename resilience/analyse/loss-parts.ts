import type { DataLoss } from "../outcome.ts";
import { settledKeys } from "./history.ts";
import type { Step } from "./history.ts";
import { best } from "./sources.ts";
import type { Source } from "./sources.ts";
import { Trail } from "./trail.ts";
import type { Tri } from "./tri.ts";
import { World } from "./world.ts";

export function none(subject: string): Omit<DataLoss, "reasons"> {
  return { subject, seconds: 0, kind: "none", restoredFrom: null };
}

/** The state at the end, as sources are found in it. */
export function endOf(steps: readonly Step[], trail: Trail): World | undefined {
  const last = steps.at(-1);
  return last && new World(last.struck.system, settledKeys(last.struck.broken, last.heals), trail);
}

/** The first step after which something is (or may be) gone. */
export function firstLoss(
  steps: readonly Step[],
  lost: (world: World) => Tri,
): { readonly step: Step; readonly sure: boolean } | undefined {
  for (const step of steps) {
    const answer = lost(new World(step.struck.system, step.struck.broken, new Trail()));
    if (answer !== "no") return { step, sure: answer === "yes" };
  }
  return undefined;
}

/** Turns the sources that are left into the loss. */
export function lossFrom(
  subject: string,
  sources: readonly Source[],
  sure: boolean,
  trail: Trail,
): Omit<DataLoss, "reasons"> {
  for (const { text, exists, from, urns } of sources)
    trail.say(exists === "yes" ? text : `${from} ${exists === "no" ? "is lost too" : "may be lost too"}`, ...urns);
  const chosen = best(sources);
  if (!sure) {
    trail.missing(`whether the data of ${subject} survives`);
    return { subject, seconds: null, kind: "unknown", restoredFrom: chosen?.from ?? null };
  }
  if (chosen) {
    trail.say(`${subject} is brought back from ${chosen.from}`, ...chosen.urns);
    return {
      subject,
      seconds: chosen.seconds,
      kind: chosen.seconds === null ? "unknown" : "bounded",
      restoredFrom: chosen.from,
    };
  }
  const doubtful = sources.some(({ exists }) => exists === "unknown");
  if (!doubtful) trail.say(`no copy of ${subject} is left anywhere`);
  return { subject, seconds: null, kind: doubtful ? "unknown" : "everything", restoredFrom: null };
}
