/**
 * One declared resource, as every source of resources gives it: the planner, `pulumi preview --json --show-sames`,
 * `pulumi stack export` and a policy pack.
 */
export interface Resource {
  readonly urn: string;
  /** Pulumi's type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** The logical name: the last part of the URN. */
  readonly name: string;
  /** What the program declared; for a component, its arguments and registered outputs. Secrets are {@link SECRET}, values
   * that only an `up` knows are {@link PENDING}. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Does the engine refuse to delete it? Absent: the source of the resources does not tell. */
  readonly protect?: boolean;
  /** Does the object outlive its resource? Absent: the source does not tell (a policy pack is not told, @pulumi/policy 1). */
  readonly retainOnDelete?: boolean;
}

/** Stands where a value is secret: the analysis must do without it. */
export const SECRET = Object.freeze({ holdfast: "secret" } as const);

/** Stands where a value is known only after an `up`. */
export const PENDING = Object.freeze({ holdfast: "pending" } as const);

/** All resources of one stack: one site of the platform. */
export interface StackResources {
  /** The stack's name, as in the URNs. */
  readonly stack: string;
  /** Where it was read from, for messages: a file's path, or `plan`. */
  readonly origin: string;
  readonly resources: readonly Resource[];
}

/** The stack that a URN belongs to: `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export function stackOfUrn(urn: string): string {
  return urn.split("::")[0]?.split(":")[2] ?? "";
}
