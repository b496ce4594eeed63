import { SECRET } from "../resilience/resource.ts";

/**
 * The engine hands a pack its secrets in the clear: marks of secrecy do not reach a policy (@pulumi/policy 1.21,
 * `deserializeProperties`). So what is secret by its kind is masked before any rule sees it, and its text is kept out of
 * every message, wherever else it stands.
 */
const SECRET_PROPERTIES: readonly (readonly [type: RegExp, properties: readonly string[]])[] = [
  [/^kubernetes:core\/v1:Secret(Patch|List)?$/, ["data", "stringData", "items"]],
  [/^random:/, ["result", "bcryptHash", "b64Std", "b64Url", "hex", "keepers"]],
  [/^tls:/, ["privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8", "caPrivateKeyPem"]],
  [/^pulumi:providers:/, ["kubeconfig", "clientSecret", "password", "token", "secretKey"]],
  [/^pulumi:pulumi:StackReference$/, ["outputs"]],
  [/^pulumi:pulumi:Stack$/, ["demotionToken", "kubeconfig"]],
];

/** Shorter texts stand in messages by chance, and are no secrets worth the name. */
const SHORTEST = 6;

type Properties = Readonly<Record<string, unknown>>;

/** @param found takes every secret text that was masked */
export function maskSecrets(type: string, properties: Properties, found: Set<string>): Properties {
  const names = SECRET_PROPERTIES.flatMap(([pattern, list]) => (pattern.test(type) ? list : []));
  const shown: Record<string, unknown> = { ...properties };
  for (const name of names) {
    if (shown[name] === undefined) continue;
    collect(shown[name], found);
    // A Secret tells which keys it holds.
    shown[name] = isObject(shown[name]) ? mapValues(shown[name], () => SECRET) : SECRET;
  }
  return shown;
}

/** The message without any of the secret texts. */
export function redact(message: string, secrets: ReadonlySet<string>): string {
  let text = message;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) text = text.replaceAll(secret, "[secret]");
  return text;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === "string") {
    for (const text of [value, Buffer.from(value, "base64").toString("utf8")])
      if (text.length >= SHORTEST && !text.includes("\uFFFD") && text !== "[secret]") found.add(text);
    return;
  }
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, found);
}

function mapValues(object: Properties, change: (value: unknown) => unknown): Properties {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
