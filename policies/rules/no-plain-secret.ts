import { Field, plain } from "../../resilience/observe/field.ts";
import { containersOf, POD_TYPES, podSpecOf } from "../pods.ts";
import type { Finding, ResourceRule } from "../rule.ts";
import { assignsSecret, isSecretName, isSecretOption, looksSecret } from "../suspicion.ts";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const CHARTS: readonly string[] = ["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"];

const CALLED = "is called a secret, and has a plain value";

export const noPlainSecret: ResourceRule = {
  kind: "resource",
  name: "no-plain-secret",
  what: "No password, token or private key stands in a container's environment, its command, a ConfigMap or a chart's values.",
  ids: ["S4.3"],
  why: "Whoever may read a Deployment or a ConfigMap, or a backup of them, would have it; a Secret is kept apart.",
  fix: "Keep it in a Secret, and refer to it with secretKeyRef or mount it; mark it as secret in the stack's config.",
  level: "mandatory",
  types: [...POD_TYPES, CONFIG_MAP, CLUSTER, ...CHARTS],
  evaluate(resource) {
    const root = new Field(resource.urn, "", resource.inputs);
    const told = [
      ...(resource.type === CONFIG_MAP ? ofConfigMap(root) : []),
      ...(resource.type === CLUSTER ? root.get("spec", "env").items().flatMap(ofVariable) : []),
      ...(CHARTS.includes(resource.type) ? ofValues("values", root.get("values")) : []),
      ...ofPods(podSpecOf(resource)),
    ];
    return { findings: told.map((message): Finding => ({ urn: resource.urn, message })) };
  },
};

function ofConfigMap(root: Field): readonly string[] {
  const data = root.get("data");
  if (data.secret) return ["The whole data of a ConfigMap is secret."];
  const files = root
    .get("binaryData")
    .entries()
    .map(([name, field]): readonly [string, Field] => [name, decoded(field)]);
  return [...data.entries(), ...files].flatMap(([name, field]) => suspicions(name, field));
}

const decoded = (field: Field): Field =>
  new Field(field.urn, field.path, Buffer.from(plain(field) ?? "", "base64").toString("latin1"));

function ofPods(podSpec: Field | undefined): readonly string[] {
  if (!podSpec) return [];
  return containersOf(podSpec).flatMap(({ field }) => [
    ...field.get("env").items().flatMap(ofVariable),
    ...ofWords(field.get("command").items()),
    ...ofWords(field.get("args").items()),
  ]);
}

function ofVariable(variable: Field): readonly string[] {
  return suspicions(plain(variable.get("name")) ?? "", variable.get("value"));
}

/** An option may be a word, and its value the next. */
function ofWords(words: readonly Field[]): readonly string[] {
  return words.flatMap((word, index) => {
    const option = plain(words[index - 1] ?? word) ?? "";
    const isValue = index > 0 && isSecretOption(option) && isReadable(word);
    return isValue ? [`${word.path} (${option}) ${CALLED}.`] : suspicions("", word);
  });
}

/** What a chart is given; a value that the program holds as a secret goes into the release's own Secret. */
function ofValues(name: string, field: Field): readonly string[] {
  if (field.secret) return [];
  const inner = [...field.entries(), ...field.items().map((item): readonly [string, Field] => [name, item])];
  return inner.length > 0 ? inner.flatMap(([key, value]) => ofValues(key, value)) : suspicions(name, field);
}

/** What gives a text away as a secret, in words without the secret. */
function suspicions(name: string, field: Field): readonly string[] {
  const text = plain(field);
  const why = field.secret
    ? "is a secret of the program, and stands there readable for everybody who may read the object"
    : text === undefined
      ? undefined
      : (looksSecret(text) ??
        (isSecretName(name) && isReadable(field)
          ? CALLED
          : assignsSecret(text)
            ? "gives a password or a token a plain value"
            : undefined));
  return why === undefined ? [] : [`${field.path} (${name}) ${why}.`];
}

/** Kubernetes puts the value of a variable in the place of `$(NAME)`. */
function isReadable(field: Field): boolean {
  const text = plain(field);
  return text !== undefined && text !== "" && !/^\$\([A-Za-z0-9_]+\)$/.test(text);
}
