import { z } from "zod";
import { drillVerdicts } from "./verdict.ts";

/** Version of the format of drill.json. */
export const DRILL_VERSION = 2;

const seconds = z.number().nonnegative();
const level = z.enum(["full", "stale", "partial", "read-only", "down", "unknown"]);

/** A predicted worst case. `by hand`: no end without a person; `unknown`: a fact was missing. */
export const predicted = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("bounded"), seconds, from: z.string() }),
  z.strictObject({ kind: z.literal("by hand"), from: z.string() }),
  z.strictObject({ kind: z.literal("unknown"), from: z.string() }),
]);

const stages = z.array(
  z.strictObject({ name: z.string(), seconds, from: z.string(), governedBy: z.enum(["setting", "constant"]) }),
);

/** Services, and volumes of services, of which not every request is answered. */
const unserved = z.strictObject({ reads: z.array(z.string()), writes: z.array(z.string()) });

/** What outcomes.json said of the fault when it was drilled. */
const prediction = z.strictObject({
  fault: z.string(),
  title: z.string(),
  sites: z.array(
    z.strictObject({
      site: z.string(),
      reads: level,
      writes: level,
      unserved,
      /** Not before it is settled either. */
      unservedMeanwhile: unserved,
      seconds: seconds.nullable(),
      stages,
    }),
  ),
  recovery: z.strictObject({
    mode: z.enum(["none-needed", "automatic", "manual", "never", "unknown"]),
    seconds: seconds.nullable(),
    stages,
  }),
  dns: z.strictObject({
    affectedShare: z.number().nullable(),
    seconds: seconds.nullable(),
    stages,
    settles: z.boolean(),
  }),
  dataLoss: z.array(
    z.strictObject({
      subject: z.string(),
      seconds: seconds.nullable(),
      kind: z.enum(["none", "bounded", "everything", "unknown"]),
    }),
  ),
  splitBrain: z.enum(["no", "yes", "unknown"]),
});

const figure = z.strictObject({
  /** What was measured: `writes of clients at aachen`. */
  what: z.string().min(1),
  predicted,
  /** Does a setting of ours govern it, so that a prediction of more than twice the worst case is a fault too? */
  governed: z.boolean(),
  /** How finely it was measured, seconds. */
  resolution: seconds,
  /** Seconds, one for each run; null: not back before the drill ended it. */
  runs: z.array(seconds.nullable()),
});

const run = z.strictObject({
  at: z.iso.datetime(),
  /** Seconds from the fault to the end of each stage that was seen: detected, decided, promoted, connected. */
  stages: z.array(z.strictObject({ name: z.string(), seconds })),
  /** What the checker of histories found wrong. */
  problems: z.array(z.string()),
});

/** Acknowledged writes that were looked for in the store once all was well again. */
const drillLosses = z.strictObject({
  /** `core`, `files`. */
  of: z.string().min(1),
  /** How long before the fault those may have been acknowledged that are lost; 0: none may be; null: nothing bounds it. */
  predicted: seconds.nullable(),
  looked: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  /** How long before the fault the oldest of the lost ones was acknowledged; 0 where none is. */
  oldest: seconds,
});

const counts = z.array(z.int().nonnegative());

/** Requests by the second in which they ended. */
const timeline = z
  .strictObject({
    /** Second of the first count, from the fault: below 0. */
    from: z.int(),
    sites: z.array(z.strictObject({ site: z.string(), answered: counts, failed: counts })),
    marks: z.array(z.strictObject({ second: z.number(), text: z.string() })),
  })
  .refine(({ sites }) => new Set(sites.flatMap(({ answered, failed }) => [answered.length, failed.length])).size <= 1, {
    message: "every row of counts has one length",
  });

const drill = z.strictObject({
  /** `D4`. */
  id: z.string().min(1),
  title: z.string(),
  /** As outcomes.json names it. */
  fault: z.string().min(1),
  /** Index of the session in which it was run; absent: it was not. */
  session: z.int().nonnegative().optional(),
  /** Null: outcomes.json knows no such fault. */
  prediction: prediction.nullable(),
  figures: z.array(figure),
  /** The stages of the recovery that were seen, each from the end of the one before it, in the order of the prediction. */
  stages: z.array(figure),
  runs: z.array(run),
  /** Absent: it was run before they were kept. */
  losses: z.array(drillLosses).optional(),
  verdict: z.enum(drillVerdicts),
  /** What differed from the prediction, or why it was not measured. */
  notes: z.array(z.string()),
  timeline: timeline.optional(),
});

/** One call of the command: a machine, a stage that was brought up once, and some of the drills. */
const session = z.strictObject({
  /** As it was typed. */
  command: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  machine: z.strictObject({
    cores: z.int().positive(),
    memoryGiB: z.number().positive(),
    kernel: z.string(),
    system: z.string(),
  }),
  /** Requests per second: what was asked of the machine, and what it carried. */
  load: z.strictObject({
    asked: z.number().nonnegative(),
    attempted: z.number().nonnegative(),
    inTime: z.number().nonnegative(),
    answered: z.number().nonnegative(),
    succeeded: z.number().nonnegative(),
  }),
  steps: z.array(z.strictObject({ name: z.string(), seconds })),
  differences: z.array(z.strictObject({ subject: z.string(), what: z.string(), why: z.string() })),
});

const drillFile = z
  .strictObject({
    version: z.literal(DRILL_VERSION),
    topology: z.string(),
    sessions: z.array(session),
    drills: z.array(drill),
  })
  .refine(
    ({ sessions, drills }) => drills.every(({ session: index }) => index === undefined || index < sessions.length),
    {
      message: "every drill's session is there",
    },
  );

export type Predicted = z.output<typeof predicted>;
export type Prediction = z.output<typeof prediction>;
export type PredictedStage = Prediction["recovery"]["stages"][number];
export type Figure = z.output<typeof figure>;
export type DrillLosses = z.output<typeof drillLosses>;
export type Run = z.output<typeof run>;
export type Timeline = z.output<typeof timeline>;
export type Drill = z.output<typeof drill>;
export type DrillSession = z.output<typeof session>;
export type DrillFile = z.output<typeof drillFile>;

/** @throws ZodError naming what is wrong, and where */
export const readDrillFile = (value: unknown): DrillFile => drillFile.parse(value);
