import { podLabels, textMap } from "../resilience/observe/declarations.ts";
import type { Declarations, Declared } from "../resilience/observe/declarations.ts";
import { isObject, plain } from "../resilience/observe/field.ts";
import type { Field } from "../resilience/observe/field.ts";
import { selects } from "../resilience/observe/selectors.ts";
import { objectsOf } from "./objects.ts";
import type { StackView } from "./rule.ts";

/** The pods of a database, and the labels by which a Service or a NetworkPolicy may choose them. */
export interface Database {
  readonly what: string;
  readonly declared: Declared;
  readonly namespace: string;
  /** Does a LabelSelector choose any of its pods? */
  chosenBy(selector: Field): boolean;
  /** Does a Service's selector (equal labels only) choose any of its pods? */
  chosenByLabels(labels: Readonly<Record<string, string>>): boolean;
}

/** Labels that CloudNativePG 1.27 gives to an instance with a value that changes from one to another, or over time. */
const CHANGING: readonly string[] = ["cnpg.io/instanceRole", "cnpg.io/instanceName", "role"];

/** PostgreSQL clusters and MongoDB's members that the stack runs. */
export function databasesOf(view: StackView): readonly Database[] {
  const objects = objectsOf(view);
  const members = view.system.mongo.flatMap(({ members: all }) =>
    all.flatMap(({ urn }) => objects.byUrn(urn ?? "") ?? []),
  );
  return [...objects.ofKind("postgresql.cnpg.io/Cluster").map(cluster), ...members.map(member)];
}

function cluster(declared: Declared): Database {
  const own: Readonly<Record<string, string>> = {
    ...textMap(declared.inputs.get("spec", "inheritedMetadata", "labels")),
    "cnpg.io/cluster": declared.name,
    "cnpg.io/podRole": "instance",
  };
  return {
    what: `Cluster ${declared.name}`,
    declared,
    namespace: declared.namespace,
    // Whatever is asked of a changing label, some instance may have it.
    chosenBy: (selector) => selects(selector, { ...own, ...asked(selector) }) === true,
    chosenByLabels: (labels) => choosesByLabels(labels, { ...own, ...changing(labels) }),
  };
}

function member(declared: Declared): Database {
  return {
    what: `MongoDB's member ${declared.name}`,
    declared,
    namespace: declared.namespace,
    chosenBy: (selector) => selects(selector, podLabels(declared)) === true,
    chosenByLabels: (labels) => choosesByLabels(labels, podLabels(declared)),
  };
}

/** Does a Service's selector choose pods with these labels? An empty one chooses none. */
export function choosesByLabels(
  wanted: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const pairs = Object.entries(wanted);
  return pairs.length > 0 && pairs.every(([name, value]) => labels[name] === value);
}

function changing(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => CHANGING.includes(name)));
}

/** Values that a selector wants of a changing label, the first of several. */
function asked(selector: Field): Readonly<Record<string, string>> {
  const listed = selector
    .get("matchExpressions")
    .items()
    .flatMap((one): readonly (readonly [string, string])[] => {
      const [key, [value]] = [plain(one.get("key")), one.get("values").items()];
      if (key === undefined) return [];
      return one.get("operator").value === "In"
        ? [[key, String(value?.value)]]
        : one.get("operator").value === "Exists"
          ? [[key, ""]]
          : [];
    });
  return changing({ ...Object.fromEntries(listed), ...textMap(selector.get("matchLabels")) });
}

/** Names of the Services of a namespace that lead to a database's pods. */
export function servicesOf(objects: Declarations, database: Database): readonly Declared[] {
  return objects
    .ofKind("/Service")
    .filter(
      (service) =>
        service.namespace === database.namespace &&
        isObject(service.inputs.get("spec", "selector").value) &&
        database.chosenByLabels(textMap(service.inputs.get("spec", "selector"))),
    );
}
