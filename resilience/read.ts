import { InputError } from "../config/problem.ts";
import type { Problem } from "../config/problem.ts";
import { readPreviewSteps } from "./read-preview.ts";
import { readFacts } from "./read-value.ts";
import type { JsonObject } from "./read-value.ts";
import { isJsonObject } from "./read-value.ts";
import { stackOfUrn } from "./resource.ts";
import type { Resource, StackResources } from "./resource.ts";

/** Versions of `pulumi stack export` whose resources are laid out as read here (Pulumi 3). */
const EXPORT_VERSIONS: readonly unknown[] = [3, 4];
/** Longest text that is read, in characters: far above any real stack, far below what a JavaScript string can hold. */
const LONGEST = 200_000_000;
const WANTED = "the output of `pulumi stack export`, or of `pulumi preview --json --show-sames`";

/**
 * Reads one stack from a file: `pulumi stack export`, `pulumi preview --json --show-sames`, or the stack.json of a plan.
 *
 * @param origin where the text comes from, for messages: a path
 * @throws InputError (one, exit code 2) when the text is none of these, or is not complete
 */
export function readStack(text: string, origin: string): StackResources {
  const entries = entriesOf(parse(text, origin), origin);
  if (entries.length === 0) {
    fail(origin, {
      rule: "a stack that has resources",
      value: "no resource at all",
      fix: "export the stack after an up, or plan it",
    });
  }
  try {
    const resources = entries.map((entry, index) => resourceOf(entry, index, origin));
    return { stack: oneStack(resources, origin), origin, resources: complete(resources, origin) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail(origin, { rule: WANTED, value: "objects that are nested too deep", fix: "export the stack again" });
  }
}

function fail(origin: string, problem: Omit<Problem, "offender">): never {
  throw new InputError("Input file", [{ offender: origin, ...problem }]);
}

function parse(text: string, origin: string): unknown {
  if (text.length > LONGEST)
    fail(origin, { rule: `at most ${LONGEST} characters`, value: `${text.length} characters`, fix: `give ${WANTED}` });
  if (text.trim() === "") fail(origin, { rule: WANTED, value: "an empty file", fix: "write the file again" });
  try {
    // A byte order mark, as some Windows tools write it, is no part of JSON.
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const several = /after JSON/.test(message);
    return fail(origin, {
      rule: several ? "one JSON document" : WANTED,
      value: several ? "more text after the first document" : "text that is not JSON, or was cut off",
      fix: several ? "give each stack a file of its own" : `write the file again: ${WANTED}`,
    });
  }
}

/** The resources' entries, as they stand in whichever kind of file it is. */
function entriesOf(document: unknown, origin: string): readonly unknown[] {
  if (isJsonObject(document)) {
    const { deployment, version, steps } = document;
    if (isJsonObject(deployment)) {
      if (!EXPORT_VERSIONS.includes(version)) {
        fail(origin, {
          rule: `version ${EXPORT_VERSIONS.join(" or ")} of an export`,
          value: `version ${String(version)}`,
          fix: "export the stack with Pulumi 3",
        });
      }
      if (deployment["resources"] === undefined) return [];
      if (Array.isArray(deployment["resources"])) return liveOnly(deployment["resources"]);
    }
    if (Array.isArray(steps)) return readPreviewSteps(document, steps, (problem) => fail(origin, problem));
  }
  return fail(origin, { rule: WANTED, value: "JSON of another kind", fix: `give ${WANTED}` });
}

/** An old copy that waits for its deletion is no part of what is deployed. */
function liveOnly(entries: readonly unknown[]): readonly unknown[] {
  return entries.filter((entry) => !(isJsonObject(entry) && entry["delete"] === true));
}

function resourceOf(entry: unknown, index: number, origin: string): Resource {
  const broken = (what: string): never =>
    fail(`${origin}, resource ${index}`, {
      rule: "urn, type and inputs, as Pulumi writes them",
      value: what,
      fix: "export the stack again",
    });
  if (!isJsonObject(entry)) return broken("not an object");
  const { urn, type, parent } = entry;
  if (typeof urn !== "string" || urn.split("::").length < 4) return broken("no urn");
  if (typeof type !== "string") return broken("no type");
  const [inputs, outputs] = [propertiesOf(entry["inputs"]), propertiesOf(entry["outputs"])];
  if (!inputs || !outputs) return broken("inputs or outputs that are no object");
  return {
    urn,
    type,
    name: urn.split("::").slice(3).join("::"),
    // What a component registers as outputs are facts about it too; a provider's outputs are not what was declared. What
    // stands in both is what was declared, the input.
    inputs: readFacts(entry["custom"] === true ? inputs : { ...outputs, ...inputs }),
    ...(typeof parent === "string" && parent !== "" ? { parent } : {}),
    // Written only where they are true.
    protect: entry["protect"] === true,
    retainOnDelete: entry["retainOnDelete"] === true,
    dependencies: strings(entry["dependencies"]),
    propertyDependencies: isJsonObject(entry["propertyDependencies"])
      ? Object.fromEntries(Object.entries(entry["propertyDependencies"]).map(([key, urns]) => [key, strings(urns)]))
      : {},
  };
}

function propertiesOf(value: unknown): JsonObject | undefined {
  return value === undefined || value === null ? {} : isJsonObject(value) ? value : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function oneStack(resources: readonly Resource[], origin: string): string {
  const stacks = [...new Set(resources.map(({ urn }) => stackOfUrn(urn)))];
  const [stack] = stacks;
  if (stacks.length !== 1 || !stack) {
    return fail(origin, {
      rule: "resources of one stack",
      value: `URNs of ${stacks.join(", ")}`,
      fix: "give each stack a file of its own",
    });
  }
  return stack;
}

/** A parent that is missing shows that the file holds a part of the stack only (`--target`, or cut by hand). */
function complete(resources: readonly Resource[], origin: string): readonly Resource[] {
  const urns = new Set<string>();
  for (const { urn } of resources) {
    if (urns.has(urn))
      fail(origin, { rule: "each resource once", value: `${urn} twice`, fix: "export the stack again" });
    urns.add(urn);
  }
  const orphan = resources.find(({ parent }) => parent !== undefined && !urns.has(parent));
  if (orphan) {
    fail(origin, {
      rule: "the whole stack",
      value: `${orphan.urn}, whose parent ${orphan.parent} is missing`,
      fix: `give ${WANTED}, without --target`,
    });
  }
  return resources;
}
