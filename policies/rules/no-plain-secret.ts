import { Field, plain } from "../../resilience/observe/field.ts";
import { containersOf, POD_TYPES, podSpecOf } from "../pods.ts";
import type { Finding, ResourceRule } from "../rule.ts";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

/** Names of values that are secrets by what they are called; a file, a path or a Secret's name is none. */
const SECRET_NAME = /(password|passwd|passphrase|secret|token|credentials?|(api|access|secret|private)[_.-]?key)$/i;
/** `keyId` in words of its own: AWS_ACCESS_KEY_ID is a name, but not one that belongs in the open. */
const SECRET_ID = /(^|[_.-])access_?key_?id$/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** The private key of a WireGuard interface, in base64. */
const TUNNEL_KEY = /^\s*PrivateKey\s*=\s*[A-Za-z0-9+/]{43}=/m;
/** An address with a user's password in it; `$(NAME)` and `${name}` stand for one that comes from elsewhere. */
const PASSWORD_IN_ADDRESS = /[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`]*:(?!\$)[^\s:/@"'`]+@/i;

/** What gives a text away as a secret, in words without the secret; undefined: nothing does. */
function suspicion(name: string, field: Field): string | undefined {
  const text = plain(field);
  if (field.secret)
    return "is a secret of the program, and stands there readable for everybody who may read the object";
  if (text === undefined) return undefined;
  if (PRIVATE_KEY.test(text) || TUNNEL_KEY.test(text)) return "holds a private key";
  if (PASSWORD_IN_ADDRESS.test(text)) return "holds an address with a password in it";
  const named = SECRET_NAME.test(name) || SECRET_ID.test(name);
  return named && !/^\$\([A-Z0-9_]+\)$/.test(text) ? "is called a secret, and has a plain value" : undefined;
}

export const noPlainSecret: ResourceRule = {
  kind: "resource",
  name: "no-plain-secret",
  what: "No password, token or private key stands in a container's environment, its command or a ConfigMap.",
  ids: ["S4.3"],
  why: "Whoever may read a Deployment or a ConfigMap, or a backup of them, would have it; a Secret is kept apart.",
  fix: "Keep it in a Secret, and refer to it with secretKeyRef or mount it; mark it as secret in the stack's config.",
  level: "mandatory",
  types: [...POD_TYPES, CONFIG_MAP],
  evaluate(resource) {
    const findings: Finding[] = [];
    const judge = (name: string, field: Field): void => {
      const why = suspicion(name, field);
      if (why) findings.push({ urn: resource.urn, message: `${field.path} (${name}) ${why}.` });
    };
    if (resource.type === CONFIG_MAP) {
      const data = new Field(resource.urn, "", resource.inputs).get("data");
      if (data.secret) findings.push({ urn: resource.urn, message: "The whole data of a ConfigMap is secret." });
      for (const [name, field] of data.entries()) judge(name, field);
    }
    const podSpec = podSpecOf(resource);
    for (const { field } of podSpec ? containersOf(podSpec) : []) {
      for (const variable of field.get("env").items()) judge(plain(variable.get("name")) ?? "", variable.get("value"));
      for (const word of [...field.get("command").items(), ...field.get("args").items()]) judge("", word);
    }
    return { findings };
  },
};
