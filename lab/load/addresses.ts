import type { ClientKind } from "./plan.ts";

/** What a resolver answers. */
export interface Answer {
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

/** The addresses that one client of a kind would use, in the order in which it would. */
export class Addresses {
  readonly #kind: ClientKind;
  readonly #resolve: () => Promise<Answer>;
  readonly #now: () => number;
  #known: { readonly addresses: readonly string[]; readonly until: number } | undefined;
  #asking: Promise<readonly string[]> | undefined;

  /** @param now milliseconds */
  constructor(kind: ClientKind, resolve: () => Promise<Answer>, now: () => number) {
    this.#kind = kind;
    this.#resolve = resolve;
    this.#now = now;
  }

  /** Rejects where the resolver does not answer; what has run out is not used any longer. */
  candidates(): Promise<readonly string[]> {
    if (this.#known && this.#now() < this.#known.until) return Promise.resolve(this.#known.addresses);
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<readonly string[]> {
    const { addresses, ttlSeconds } = await this.#resolve();
    if (addresses.length === 0) throw new Error("no address");
    const used = this.#kind === "browser" ? addresses : addresses.slice(0, 1);
    this.#known = { addresses: used, until: this.#kind === "pinned" ? Infinity : this.#now() + ttlSeconds * 1000 };
    return used;
  }
}
