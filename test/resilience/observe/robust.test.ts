import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../config/problem.ts";
import { observe } from "../../../resilience/observe/index.ts";
import { PENDING, SECRET } from "../../../resilience/resource.ts";
import type { StackResources } from "../../../resilience/resource.ts";
import { plannedStacks } from "./planned.ts";
import type { Inputs } from "./planned.ts";

/** Puts a value somewhere into the inputs: `route` chooses a key at each level. */
function damage(inputs: Inputs, route: readonly number[], value: unknown): void {
  let at: Inputs = inputs;
  for (const step of route) {
    const keys = Object.keys(at);
    const key = keys[step % Math.max(keys.length, 1)];
    if (key === undefined) return;
    const inner: unknown = at[key];
    if (step % 5 === 0 || typeof inner !== "object" || inner === null) {
      at[key] = value;
      return;
    }
    at = inner as Inputs;
  }
}

describe("observe, on damaged resources", () => {
  let stacks: readonly StackResources[];

  before(async function () {
    this.timeout(60_000);
    stacks = await plannedStacks();
  });

  it("refuses them or reads the rest; it never fails, and never shows a secret as a value", () => {
    const value = fc.constantFrom<unknown>(
      null,
      0,
      -1,
      NaN,
      "",
      "x",
      "{",
      "::",
      true,
      [],
      [null],
      {},
      { a: 1 },
      PENDING,
      SECRET,
    );
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }),
        value,
        (site, index, route, put) => {
          const chosen = stacks[site % stacks.length];
          const victim = chosen?.resources[index % chosen.resources.length];
          if (!chosen || !victim) throw new Error("nothing was planned");
          const inputs = structuredClone(victim.inputs) as Inputs;
          damage(inputs, route, put);
          const resources = chosen.resources.map((one) => (one === victim ? { ...one, inputs } : one));
          const damaged = stacks.map((stack) => (stack === chosen ? { ...stack, resources } : stack));
          try {
            const text = JSON.stringify(observe(damaged));
            expect(text).to.not.include('"value":{"holdfast":');
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
          }
        },
      ),
      { numRuns: 100 },
    );
  }).timeout(60_000);
});
