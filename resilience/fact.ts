/** Where a fact was read: a resource, and the path of the property in it. */
export interface Source {
  readonly urn: string;
  /** Dotted path inside the resource's inputs, `spec.replica.primary`; empty for the resource as a whole. */
  readonly path: string;
  /** The field says nothing: the value, or the greater part of it, is what a product has built in. */
  readonly builtIn?: true;
}

/**
 * A value that was read, or the reason why it could not be. `unknown` counts as a failure wherever an outcome depends on
 * it; `pending` (known only after an `up`) is reported and does not.
 */
export type Fact<T> =
  | { readonly state: "known"; readonly value: T; readonly source: Source }
  | { readonly state: "unknown"; readonly why: string; readonly source?: Source }
  | { readonly state: "pending"; readonly why: string; readonly source: Source };

export function known<T>(value: T, source: Source): Fact<T> {
  return { state: "known", value, source };
}

export function unknown<T>(why: string, source?: Source): Fact<T> {
  return source ? { state: "unknown", why, source } : { state: "unknown", why };
}

/** The value if it is known, otherwise `undefined`; for use where the caller reports the difference itself. */
export function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.state === "known" ? fact.value : undefined;
}

/** The fact with its value changed; unknown and pending stay what they are. */
export function mapFact<A, B>(fact: Fact<A>, change: (value: A) => B): Fact<B> {
  return fact.state === "known" ? known(change(fact.value), fact.source) : fact;
}
