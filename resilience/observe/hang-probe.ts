import { unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { HangProbe, PostgresCluster } from "../system.ts";
import type { Declared } from "./declarations.ts";
import { Field, plain } from "./field.ts";
import { failing, graceOf } from "./probes.ts";

/** JSON Patch that CloudNativePG (1.26 and later) applies to the pods it makes; their first container is PostgreSQL's. */
const ANNOTATION = "cnpg.io/podPatch";
const PROBE = "/spec/containers/0/livenessProbe";

/** Programs that PostgreSQL itself has to answer. */
const ASKS_POSTGRES = /\b(pg_isready|psql)\b/;

/**
 * The liveness probe that a patch of the pods puts in the place of the operator's. Only a probe that is replaced as a whole
 * can be read: what a patch of its parts makes of it depends on the operator, and is unknown.
 *
 * @param pod the pods' own grace period
 */
export function hangProbeOf(declared: Declared, pod: Fact<number>): Pick<PostgresCluster, "hangProbe"> {
  const annotation = declared.inputs.get("metadata", "annotations", ANNOTATION);
  if (annotation.absent) return {};
  const patch = operationsIn(annotation);
  if (!patch) {
    const fact = annotation.read<number>("a JSON Patch", () => undefined);
    return { hangProbe: { detection: fact, grace: fact } };
  }
  const touching = patch.items().filter((operation) => plain(operation.get("op")) !== "test" && touches(operation));
  const last = touching.at(-1);
  return last ? { hangProbe: replaced(last, pod) } : {};
}

function operationsIn(annotation: Field): Field | undefined {
  if (typeof annotation.value !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(annotation.value);
    return Array.isArray(parsed) ? new Field(annotation.urn, annotation.path, parsed) : undefined;
  } catch {
    return undefined;
  }
}

/** Does it change the probe, a part of it or something that it lies in? */
function touches(operation: Field): boolean {
  return ["path", "from"].some((key) => {
    const path = plain(operation.get(key));
    return path !== undefined && (`${PROBE}/`.startsWith(`${path}/`) || path.startsWith(`${PROBE}/`));
  });
}

function replaced(operation: Field, pod: Fact<number>): HangProbe {
  const whole = ["add", "replace"].includes(plain(operation.get("op")) ?? "") && operation.get("path").value === PROBE;
  const probe = operation.get("value");
  const command = probe.get("exec", "command").texts();
  if (!whole || command.state !== "known" || !command.value.some((part) => ASKS_POSTGRES.test(part)))
    return unread("it can't be told whether the liveness probe that the patch makes asks PostgreSQL", operation);
  if (probe.get("httpGet").value !== null)
    return unread("the operator's httpGet stays in the probe unless the patch sets it to null", operation);
  return { detection: failing(probe), grace: graceOf(probe, pod) };
}

function unread(why: string, { source }: Field): HangProbe {
  return { detection: unknown(why, source), grace: unknown(why, source) };
}
