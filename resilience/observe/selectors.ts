import { podLabels } from "./declarations.ts";
import type { Declared } from "./declarations.ts";
import { isObject, plain } from "./field.ts";
import type { Field } from "./field.ts";

/** Does a LabelSelector choose these labels? An empty selector chooses all. Undefined: it can't be read. */
export function selects(selector: Field, labels: Readonly<Record<string, string>>): boolean | undefined {
  if (selector.pending || selector.secret) return undefined;
  const equal = selector
    .get("matchLabels")
    .entries()
    .every(([name, { value }]) => labels[name] === value);
  const expressions = selector
    .get("matchExpressions")
    .items()
    .map((expression): boolean | undefined => {
      const own = labels[plain(expression.get("key")) ?? ""];
      const values = expression
        .get("values")
        .items()
        .map(({ value }) => value);
      switch (plain(expression.get("operator"))) {
        case "In":
          return own !== undefined && values.includes(own);
        case "NotIn":
          return own === undefined || !values.includes(own);
        case "Exists":
          return own !== undefined;
        case "DoesNotExist":
          return own === undefined;
        default:
          return undefined;
      }
    });
  if (expressions.includes(undefined)) return undefined;
  return equal && !expressions.includes(false);
}

/** The pods of a workload, chosen by a LabelSelector. */
export function selectsWorkload(selector: Field, workload: Declared): boolean {
  return isObject(selector.value) && selects(selector, podLabels(workload)) === true;
}
