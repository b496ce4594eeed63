import type { Fact } from "../resilience/fact.ts";
import type { Finding, SettingValues, Verdict } from "./rule.ts";

/** Collects what a rule finds while it looks at its subjects. */
export class Findings {
  private readonly found: Finding[] = [];
  private readonly unsettled: string[] = [];
  private count = 0;

  /** A subject was looked at. */
  subject(): void {
    this.count++;
  }

  add(urn: string | undefined, message: string): void {
    this.found.push(urn === undefined ? { message } : { urn, message });
  }

  /** What only an `up` can tell, or what the source of the resources does not say. */
  wait(message: string): void {
    this.unsettled.push(message);
  }

  /**
   * The value of a fact. One that could not be read is a finding: nobody knows that the rule is kept. One that only an
   * `up` can tell waits.
   *
   * @param what the fact in words: `the storage class of pg-aachen`
   */
  read<T>(fact: Fact<T>, what: string, urn: string, fix: string): T | undefined {
    switch (fact.state) {
      case "known":
        return fact.value;
      case "unknown":
        this.add(fact.source?.urn ?? urn, `${what} is not known: ${fact.why}. ${fix}`);
        return undefined;
      case "pending":
        this.wait(`${what}: ${fact.why}`);
        return undefined;
      default: {
        const never: never = fact;
        throw new Error(`fact ${JSON.stringify(never)}`);
      }
    }
  }

  verdict(): Verdict {
    return {
      evaluated: this.count,
      findings: this.found,
      ...(this.unsettled.length > 0 ? { pending: this.unsettled } : {}),
    };
  }
}

/** A threshold of a rule, which the config was checked against before. */
export function threshold(settings: SettingValues, name: string): number {
  const value = settings[name];
  if (typeof value !== "number") throw new Error(`setting ${name} is ${JSON.stringify(value)}: a number is wanted`);
  return value;
}

/** `aachen, titan and azure`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "none";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}

/** `1 zone`, `2 zones`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
