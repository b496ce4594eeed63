import { known } from "../../resilience/fact.ts";
import type { Fact } from "../../resilience/fact.ts";
import type { Restart } from "../../resilience/system.ts";

export function urn(site: string, type: string, name: string): string {
  return `urn:pulumi:${site}::holdfast::${type}::${name}`;
}

export function fact<T>(value: T, of = urn("aachen", "test", "fixture"), path = ""): Fact<T> {
  return known(value, { urn: of, path });
}

export const restart: Restart = { hangDetection: fact(7), readiness: fact(2), start: fact(0.5), grace: fact(5) };
