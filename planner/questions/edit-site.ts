import type { ConfigEdit } from "../plan.ts";
import { isObject } from "../wire.ts";

type Facts = Readonly<Record<string, unknown>>;

/** The plan of what would be if one site's `holdfast:site` were another. */
export function editSite(namespace: string, site: string, change: (facts: Facts) => Facts): ConfigEdit {
  const key = `${namespace}:site`;
  return (edited, values) => {
    const facts: unknown = edited === site ? JSON.parse(values[key] ?? "null") : undefined;
    return isObject(facts) ? { ...values, [key]: JSON.stringify(change(facts)) } : values;
  };
}
