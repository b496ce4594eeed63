/** One fault in what the user gave, complete enough to be mended without reading the code. */
export interface Problem {
  /** Where it stands: `Pulumi.titan.yaml holdfast:site.servers[0].arrays[1].level`. */
  readonly offender: string;
  /** What is wanted there. */
  readonly rule: string;
  /** Why, if the rule does not say so itself. */
  readonly reason?: string;
  /** What stands there now; never the value of a secret. */
  readonly value: string;
  /** What to write or type instead. */
  readonly fix: string;
}

export function formatProblem({ offender, rule, reason, value, fix }: Problem): string {
  return [
    `${offender}`,
    `    wanted: ${rule}`,
    ...(reason ? [`    why:    ${reason}`] : []),
    `    found:  ${value}`,
    `    fix:    ${fix}`,
  ].join("\n");
}

/** All faults of an input at once; exit code 2. */
export class InputError extends Error {
  readonly problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[]) {
    const count = `${problems.length} ${problems.length === 1 ? "fault" : "faults"}`;
    super(`${subject}: ${count}, nothing was done\n\n${problems.map(formatProblem).join("\n\n")}`);
    this.name = "InputError";
    this.problems = problems;
  }
}
