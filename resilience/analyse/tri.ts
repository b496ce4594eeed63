/** Whether something holds: `unknown` when a fact is missing that would decide it. */
export type Tri = "yes" | "no" | "unknown";

export function tri(holds: boolean): Tri {
  return holds ? "yes" : "no";
}

export function not(value: Tri): Tri {
  return value === "unknown" ? "unknown" : tri(value === "no");
}

/** `no` as soon as one is `no`, whatever is unknown. */
export function all(values: readonly Tri[]): Tri {
  if (values.includes("no")) return "no";
  return values.includes("unknown") ? "unknown" : "yes";
}

/** `yes` as soon as one is `yes`, whatever is unknown. */
export function any(values: readonly Tri[]): Tri {
  if (values.includes("yes")) return "yes";
  return values.includes("unknown") ? "unknown" : "no";
}
