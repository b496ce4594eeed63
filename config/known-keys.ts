import { z } from "zod";

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * The keys that a schema has at some place, so that a mistyped one can be answered with the one that was meant.
 *
 * @param path within the value, of keys and indexes
 * @param value what was given: of alternatives only those count that its constants (`platform: aks`) ask for
 */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): readonly string[] {
  return walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), path, value);
}

function walk(schema: Schema, path: readonly PropertyKey[], value: unknown): readonly string[] {
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.filter((choice) => isMeant(choice, value)).flatMap((choice) => walk(choice, path, value));
  const [head, ...rest] = path;
  if (head === undefined) return Object.keys(schema.properties ?? {});
  const next =
    typeof head === "number" ? schema.items : (schema.properties?.[String(head)] ?? schema.additionalProperties);
  return typeof next === "object" && !Array.isArray(next) ? walk(next, rest, part(value, head)) : [];
}

function isMeant(choice: Schema, value: unknown): boolean {
  return Object.entries(choice.properties ?? {}).every(([key, property]) => {
    const wanted = typeof property === "object" ? property.const : undefined;
    const given = part(value, key);
    return wanted === undefined || given === undefined || wanted === given;
  });
}

/** What stands in a value under a key or index. */
export function part(value: unknown, key: PropertyKey): unknown {
  return value !== null && typeof value === "object" ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}
