import { reveal } from "./wire.ts";
import type { WireObject } from "./wire.ts";

/** What a provider answers when a resource is made. */
export interface Made {
  readonly id: string;
  readonly outputs: WireObject;
}

export type Maker = (urn: string, inputs: WireObject) => Made;

/** The text of an input; undefined where there is none, or it is no text. */
export function textOf(inputs: WireObject, key: string): string | undefined {
  const value = reveal(inputs[key]);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * A name that must be given: the engine would draw one at random, which nothing here can know.
 *
 * @throws Error naming resource and key
 */
export function nameIn(urn: string, inputs: WireObject, key: string): string {
  const name = textOf(inputs, key);
  if (name === undefined)
    throw new Error(`${urn}: ${key} is not set, so the engine would draw one at random, which nothing here can know`);
  return name;
}
