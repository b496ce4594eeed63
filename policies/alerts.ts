import type { Declarations, Declared } from "../resilience/observe/declarations.ts";
import { plain } from "../resilience/observe/field.ts";
import type { Field } from "../resilience/observe/field.ts";
import { collectorsOf } from "./metrics.ts";

/** One alert of a PrometheusRule. */
export interface Alert {
  readonly name: string;
  readonly urn: string;
  /** PromQL. */
  readonly expr: Field;
  readonly promise: Field;
}

export interface Alerts {
  readonly loaded: readonly Alert[];
  /** Rules that no Prometheus of the stack takes: they never fire. */
  readonly ignored: readonly Declared[];
  /** Are there groups or expressions that only an `up` can tell? They may hold what seems to be missing. */
  readonly untold: boolean;
}

export function alertsOf(objects: Declarations): Alerts {
  const collectors = collectorsOf(objects);
  const rules = objects.ofKind("monitoring.coreos.com/PrometheusRule");
  const isLoaded = ({ inputs }: Declared): boolean => {
    const release = inputs.get("metadata", "labels", "release").value;
    return collectors.some((one) => one.loadsAnyRule || one.release === release);
  };
  const fields = rules.filter(isLoaded).map(({ urn, inputs }) => ({ urn, groups: inputs.get("spec", "groups") }));
  const lists = fields.flatMap(({ urn, groups }) =>
    groups.items().map((group) => ({ urn, rules: group.get("rules") })),
  );
  const loaded = lists.flatMap(({ urn, rules: list }) =>
    list.items().flatMap((one): readonly Alert[] => {
      const name = plain(one.get("alert"));
      return name === undefined ? [] : [{ name, urn, expr: one.get("expr"), promise: one.get("labels", "promise") }];
    }),
  );
  return {
    loaded,
    ignored: rules.filter((rule) => !isLoaded(rule)),
    untold:
      fields.some(({ groups }) => groups.pending) ||
      lists.some(({ rules: list }) => list.pending || list.items().some((one) => one.pending)) ||
      loaded.some(({ expr }) => expr.pending),
  };
}

/** Asks whether a metric is there at all, and says nothing of its value. */
const MERE_PRESENCE = /^\s*absent\(\s*\w+\s*(\{[^}]*\})?\s*\)\s*$/;

/** Does an alert look at the value of one of these metrics? */
export function looksAt({ expr }: Alert, metrics: RegExp): boolean {
  return metrics.test((plain(expr) ?? "").replace(MERE_PRESENCE, ""));
}

/** Is the time of a CronJob's last success among the metrics: of all of them, or of this one? */
export function looksAtJob({ expr }: Alert, job: string): boolean {
  return [...(plain(expr) ?? "").matchAll(/\bkube_cronjob_status_last_successful_time\b\s*(?:\{([^}]*)\})?/g)].some(
    ([, selectors = ""]) => {
      const [, operator, value = ""] = /\bcronjob\s*(=~|=)\s*"([^"]*)"/.exec(selectors) ?? [];
      if (operator === undefined) return true;
      return operator === "=" ? value === job : anchored(value)?.test(job) === true;
    },
  );
}

/** A matcher of PromQL matches the whole label; undefined: it is no regular expression. */
function anchored(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}
