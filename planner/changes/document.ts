import { z } from "zod";
import { InputError } from "../../config/problem.ts";
import { OUTCOMES_VERSION } from "../outcomes-file.ts";

const texts = z.array(z.string());
const level = z.enum(["full", "stale", "partial", "read-only", "down", "unknown"]);
const seconds = z.number().nullable();
const reasons = z.array(z.object({ text: z.string(), urns: texts }));
const verdict = z.enum(["kept", "broken", "unknown", "pending"]);
const promises = z.array(z.object({ id: z.string(), verdict, why: z.string() }));

const outcome = z.object({
  fault: z.string(),
  title: z.string(),
  sites: z.array(
    z.object({
      site: z.string(),
      reads: level,
      writes: level,
      transition: z.object({ reads: level, writes: level, seconds }),
      signIn: z.string(),
      reasons,
    }),
  ),
  dns: z.object({ affectedShare: z.number().nullable(), seconds, settles: z.boolean(), reasons }),
  recovery: z.object({
    seconds,
    mode: z.enum(["none-needed", "automatic", "manual", "never", "unknown"]),
    stages: z.array(z.object({ name: z.string(), seconds: z.number(), from: z.string(), urns: texts })),
    commands: texts,
  }),
  dataLoss: z.array(
    z.object({
      subject: z.string(),
      seconds,
      kind: z.enum(["none", "bounded", "everything", "unknown"]),
      restoredFrom: z.string().nullable(),
      reasons,
    }),
  ),
  splitBrain: z.object({ possible: z.enum(["no", "yes", "unknown"]), why: z.string(), urns: texts }),
  capacity: z.array(z.object({ site: z.string(), enough: z.enum(["yes", "no", "unknown"]) })),
  promises,
  reasons,
  unknowns: reasons,
  pending: reasons,
});

const document = z.object({
  version: z.literal(OUTCOMES_VERSION),
  stacks: z.array(z.object({ stack: z.string() })),
  kept: z.boolean(),
  promises: z.array(z.object({ id: z.string(), verdict })),
  claims: z.array(
    z.object({
      claim: z.object({ id: z.string(), title: z.string() }),
      verdict: z.enum(["confirmed", "refuted", "unknown", "pending"]),
      why: z.string(),
      reasons,
    }),
  ),
  outcomes: z.array(outcome),
  policies: z
    .object({
      kept: z.boolean(),
      findings: z.array(
        z.object({
          policy: z.string(),
          level: z.string(),
          stack: z.string().nullable(),
          urn: z.string().nullable(),
          message: z.string(),
        }),
      ),
    })
    .nullish(),
  cost: z
    .object({
      currency: z.string().nullable(),
      monthly: z.number(),
      lines: z.array(
        z.object({ site: z.string(), what: z.string(), item: z.string(), monthly: z.number().nullable() }),
      ),
      unknown: texts,
    })
    .nullish(),
});

/** What is compared of an outcomes.json: docs/outcomes.schema.json describes all of it. */
export type OutcomesDocument = z.infer<typeof document>;
export type OutcomeDocument = OutcomesDocument["outcomes"][number];
export type ReasonDocument = OutcomeDocument["reasons"][number];

/** Is it the output of `check --json` or `plan --json`, or an outcomes.json, and not a stack? */
export function isOutcomes(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("topologies" in value || "outcomes" in value);
}

/**
 * The outcomes of the one platform that a JSON document tells of.
 *
 * @param origin where it comes from, for messages: a path
 * @throws InputError when it tells of none or of several, or is not laid out as this version lays it out
 */
export function readOutcomes(value: unknown, origin: string): OutcomesDocument {
  const refuse = (rule: string, found: string, fix: string): never => {
    throw new InputError("Input file", [{ offender: origin, rule, value: found, fix }]);
  };
  const found = typeof value === "object" && value !== null && "topologies" in value ? value.topologies : [value];
  if (!Array.isArray(found) || found.length !== 1) {
    const count = Array.isArray(found) ? `${found.length} platforms` : "no list of platforms";
    return refuse("the outcomes of one platform", count, "give the outcomes.json of one topology");
  }
  const { data, error } = document.safeParse(found[0]);
  if (data) return data;
  const [first] = error.issues;
  return refuse(
    `outcomes in the format of version ${OUTCOMES_VERSION}`,
    first ? `${first.path.join(".") || "the document"}: ${first.message}` : "another format",
    "write the file again with this version of Holdfast: holdfast check --json on the stack files of the base",
  );
}
