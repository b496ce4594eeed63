import { PENDING, SECRET } from "./resource.ts";

export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Marks of Pulumi's state and preview files (pulumi 3.270, sdk/go/common/resource and resource/plugin/rpc.go). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
/** What `pulumi preview --json` prints for a secret. */
const SECRET_TEXT = "[secret]";
/** What stands for a value of each type that only an `up` knows: text, truth value, number, list, asset, archive, object. */
const UNKNOWNS: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
/** Deeper than any Kubernetes object; a file that goes beyond was made to harm. */
const DEEPEST = 200;

/** Property values with secrets and unknown values as their stand-ins, and references to resources as URNs. */
export function readFacts(properties: JsonObject): JsonObject {
  return eachValue(properties, 0);
}

function readValue(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) throw new RangeError("nested too deep");
  if (value === SECRET_TEXT) return SECRET;
  if (UNKNOWNS.has(value)) return PENDING;
  if (Array.isArray(value)) return value.map((item) => readValue(item, depth + 1));
  if (!isJsonObject(value)) return value;
  if (value[SIGNATURE] === SECRET_SIGNATURE) return SECRET;
  if (value[SIGNATURE] === RESOURCE_SIGNATURE) return value["urn"];
  return eachValue(value, depth + 1);
}

function eachValue(object: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, readValue(value, depth)]));
}
