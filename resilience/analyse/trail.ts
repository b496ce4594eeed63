import type { Fact } from "../fact.ts";
import type { Reason } from "../outcome.ts";

/**
 * Collects what an outcome rests on: the chain of reasons, the facts that are missing, and those that only an `up` will
 * tell. A sentence is kept once, with the URNs of all who said it.
 */
export class Trail {
  readonly #reasons = new Map<string, Set<string>>();
  readonly #unknowns = new Map<string, Set<string>>();
  readonly #pending = new Map<string, Set<string>>();

  say(text: string, ...urns: readonly (string | undefined)[]): void {
    note(this.#reasons, text, urns);
  }

  missing(text: string, ...urns: readonly (string | undefined)[]): void {
    note(this.#unknowns, text, urns);
  }

  /** The fact's value; if it has none, says what could not be decided and gives `undefined`. */
  read<T>(fact: Fact<T>, what: string): T | undefined {
    switch (fact.state) {
      case "known":
        return fact.value;
      case "unknown":
        note(this.#unknowns, `${what}: ${fact.why}`, [fact.source?.urn]);
        return undefined;
      case "pending":
        note(this.#pending, `${what}: ${fact.why}`, [fact.source.urn]);
        return undefined;
      default: {
        const never: never = fact;
        throw new Error(`a fact has no state: ${JSON.stringify(never)}`);
      }
    }
  }

  /** Takes over all that another trail has collected. */
  take(other: Trail): void {
    for (const [from, to] of [
      [other.#reasons, this.#reasons],
      [other.#unknowns, this.#unknowns],
      [other.#pending, this.#pending],
    ] as const) {
      for (const [text, urns] of from) note(to, text, [...urns]);
    }
  }

  get reasons(): readonly Reason[] {
    return listed(this.#reasons);
  }

  get unknowns(): readonly Reason[] {
    return listed(this.#unknowns);
  }

  get pending(): readonly Reason[] {
    return listed(this.#pending);
  }
}

function note(into: Map<string, Set<string>>, text: string, urns: readonly (string | undefined)[]): void {
  const known = into.get(text) ?? new Set<string>();
  for (const urn of urns) if (urn) known.add(urn);
  into.set(text, known);
}

function listed(from: ReadonlyMap<string, ReadonlySet<string>>): readonly Reason[] {
  return [...from].map(([text, urns]) => ({ text, urns: [...urns] }));
}
