import { samePrediction } from "./prediction.ts";
import type { Drill, DrillFile, DrillSession } from "./schema.ts";

/** Ids of the drills that were run in a session. */
export const drillsIn = ({ drills }: DrillFile, index: number): readonly string[] => [
  ...new Set(drills.filter(({ session }) => session === index).map(({ id }) => id)),
];

/** What differed from the plan in any of the sessions, each difference once. */
export function differencesOf({ sessions }: DrillFile): DrillSession["differences"] {
  const all = sessions.flatMap(({ differences }) => differences);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/**
 * The results of this session, and those of former ones for the drills that it did not run. A former result is kept as long as
 * the same is predicted; sessions of which nothing is left go.
 *
 * @param now results of one session
 */
export function joined(former: DrillFile, now: DrillFile): DrillFile {
  const results = now.drills.map((drill) => {
    const session = sessionOf(now, drill);
    return session === undefined ? keptOf(drill, former) : { drill, session };
  });
  const sessions = [...former.sessions, ...now.sessions].filter((one) =>
    results.some(({ session }) => session === one),
  );
  const drills = results.map(({ drill, session }) =>
    session === undefined ? drill : { ...drill, session: sessions.indexOf(session) },
  );
  return { ...now, sessions, drills };
}

interface Result {
  readonly drill: Drill;
  /** Absent: it was not run. */
  readonly session?: DrillSession;
}

const sessionOf = ({ sessions }: DrillFile, { session }: Drill): DrillSession | undefined =>
  session === undefined ? undefined : sessions[session];

/** What a former session tells of a drill that was not run now. */
function keptOf(drill: Drill, former: DrillFile): Result {
  const old = former.drills.find(({ id, fault }) => id === drill.id && fault === drill.fault);
  const session = old === undefined ? undefined : sessionOf(former, old);
  if (old === undefined || session === undefined) return { drill };
  if (samePrediction(old.prediction, drill.prediction)) return { drill: old, session };
  return { drill: { ...drill, notes: ["it was measured when something else was predicted: drill it again"] } };
}
