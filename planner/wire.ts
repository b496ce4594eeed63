import { PENDING, SECRET } from "../resilience/resource.ts";

/**
 * Pulumi's JSON notation of property values, as the SDK sends them to the engine and as state files hold them (signatures
 * from @pulumi/pulumi 3.270, runtime/rpc.ts). A secret holds `value` on the wire, `ciphertext` in a state file.
 */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
/** What stands for a value that only an `up` knows. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What stands in a written file where the engine would put the encrypted value. */
const MASK = "masked: a plan holds no secrets";

export type WireObject = Record<string, unknown>;

export function isObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: unknown): value is { readonly value: unknown } {
  return isObject(value) && value[SIGNATURE] === SECRET_SIGNATURE;
}

/** The value, marked as a secret unless it is one already. */
export function secret(value: unknown): WireObject {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET_SIGNATURE, value };
}

/** Is there a secret anywhere in it? */
export function hasSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && Object.values(value).some(hasSecret);
}

/** What the analysis sees: secrets and unknown values as their stand-ins, references to resources as URNs. */
export function toFact(value: unknown): unknown {
  if (value === UNKNOWN) return PENDING;
  if (Array.isArray(value)) return value.map(toFact);
  if (!isObject(value)) return value;
  if (isSecret(value)) return SECRET;
  if (value[SIGNATURE] === RESOURCE_SIGNATURE) return value["urn"];
  return mapValues(value, toFact);
}

/** The values without the marks of secrecy: for what a cluster would get, never for a file. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  return isSecret(value) ? reveal(value.value) : mapValues(value, reveal);
}

/** As a state file writes it: a secret keeps its mark, its value is masked. */
export function toState(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toState);
  if (!isObject(value)) return value;
  return isSecret(value) ? { [SIGNATURE]: SECRET_SIGNATURE, ciphertext: MASK } : mapValues(value, toState);
}

export function mapValues(object: WireObject, change: (value: unknown) => unknown): WireObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
