import { z } from "zod";
import { InputError } from "../../config/problem.ts";
import type { Problem } from "../../config/problem.ts";
import { known, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { StackResources } from "../resource.ts";
import type { Promises, Workload } from "../promised.ts";
import type { Declared, Declarations } from "./declarations.ts";
import type { Field } from "./field.ts";

const ZONE = "holdfast:platform:Zone";

/**
 * The site that each stack is.
 *
 * @throws InputError for a stack without a Zone that names its site, and for two stacks of one site
 */
export function sitesOf(
  stacks: readonly StackResources[],
): readonly { readonly site: string; readonly stack: StackResources }[] {
  const problems: Problem[] = [];
  const origins = new Map<string, string>();
  const sites = stacks.flatMap((stack) => {
    const zones = stack.resources.filter(({ type }) => type === ZONE);
    const site = zones[0]?.inputs["site"];
    if (zones.length !== 1 || typeof site !== "string" || site === "") {
      problems.push({
        offender: stack.origin,
        rule: `one resource of type ${ZONE} whose inputs name the site`,
        reason: "without it nothing says which site these resources belong to",
        value:
          zones.length === 1
            ? `a Zone whose site is ${JSON.stringify(site) ?? "absent"}`
            : `${zones.length} such resources`,
        fix: "give the whole export or preview of a Holdfast stack (a preview needs --show-sames)",
      });
      return [];
    }
    const before = origins.get(site);
    if (before !== undefined) {
      problems.push({
        offender: stack.origin,
        rule: "one file for each site",
        value: `site ${site}, as ${before} is`,
        fix: "leave one of the two out",
      });
    }
    origins.set(site, stack.origin);
    return [{ site, stack }];
  });
  if (stacks.length === 0) {
    problems.push({
      offender: "the list of stacks",
      rule: "the resources of one stack at the least",
      value: "none",
      fix: "name a file",
    });
  }
  if (problems.length > 0) throw new InputError("the declared resources", problems);
  return sites;
}

export function zoneOf(declarations: Declarations, site: string): Declared {
  const [zone] = declarations.ofType(ZONE, site);
  if (!zone) throw new Error(`site ${site} was taken in without a Zone`);
  return zone;
}

const amount = z.number().min(0);
const workloadSchema: z.ZodType<Workload> = z.object({
  users: amount,
  requestsPerUserMinute: amount,
  writesPerUserMinute: amount,
  firstPageBytes: amount,
  laterRequestBytes: amount,
  firstLoadsPerMinute: amount,
  bytesPerWrite: amount,
  source: z.string(),
});
const promisesSchema: z.ZodType<Promises> = z.object({
  outage: amount,
  dataLoss: amount,
  disks: amount,
  zones: amount,
  claims: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      fault: z.string(),
      reads: z.enum(["full", "none", "any"]),
      writes: z.record(z.string(), z.enum(["full", "none", "any"])),
      dataLoss: amount,
      recovery: z.enum(["unnoticed", "automatic", "manual"]),
      splitBrain: z.literal("impossible").optional(),
      restoredFrom: z.string().optional(),
      source: z.string(),
    }),
  ),
});

export const observeWorkload = (zones: readonly Declared[]): Fact<Workload> =>
  agreed(zones, "workload", workloadSchema);
export const observePromises = (zones: readonly Declared[]): Fact<Promises> =>
  agreed(zones, "promises", promisesSchema);

/** What every Zone declares for the whole platform; where two differ, neither is taken. */
function agreed<T>(zones: readonly Declared[], name: string, schema: z.ZodType<T>): Fact<T> {
  const declared = zones.map(({ inputs }) => inputs.get(name)).filter((field) => !field.absent);
  const [first, ...others] = declared;
  if (!first) return unknown(`no Zone declares ${name}`);
  const other = others.find(({ value }) => stable(value) !== stable(first.value));
  if (other)
    return unknown(
      `the Zones differ in ${name}: ${stable(first.value)} (${first.urn}) and ${stable(other.value)} (${other.urn})`,
      first.source,
    );
  const parsed = schema.safeParse(first.value);
  if (first.pending || first.secret) return first.read<T>(name, () => undefined);
  return parsed.success
    ? known(parsed.data, first.source)
    : unknown(
        `${name} can't be read: ${parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`,
        first.source,
      );
}

/** JSON with sorted keys: two texts are equal when the values are. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export function oneOf<T extends string>(field: Field, values: readonly T[]): Fact<T> {
  return field.read(`one of ${values.join(", ")}`, (value) => values.find((one) => one === value));
}
