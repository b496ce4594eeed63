/**
 * When requests are due, whatever became of the former ones (an open loop): one in each slot of `1 / perSecond`, at a random
 * moment of it, so that a group keeps its rate exactly, beats with no other period, and leaves no gap above two slots.
 */
export class Schedule {
  readonly #slot: number;
  readonly #random: () => number;
  readonly #start: number;
  #index = 0;
  #next: number;

  /** @param start milliseconds */
  constructor(perSecond: number, start: number, random: () => number) {
    this.#slot = 1000 / perSecond;
    this.#start = start;
    this.#random = random;
    this.#next = start + random() * this.#slot;
  }

  /** The moments that have come since the last call, in order. @param now milliseconds */
  due(now: number): readonly number[] {
    const moments: number[] = [];
    while (this.#next <= now) {
      moments.push(this.#next);
      this.#index++;
      this.#next = this.#start + (this.#index + this.#random()) * this.#slot;
    }
    return moments;
  }
}
