import { known, unknown } from "../fact.ts";
import type { Fact, Source } from "../fact.ts";
import { PENDING, SECRET } from "../resource.ts";

/** A place in the inputs of a resource, and the way by which it was reached; reading it gives a fact that cites it. */
export class Field {
  readonly urn: string;
  readonly path: string;
  readonly value: unknown;

  constructor(urn: string, path: string, value: unknown) {
    this.urn = urn;
    this.path = path;
    this.value = value;
  }

  get source(): Source {
    return { urn: this.urn, path: this.path };
  }

  /** Nothing stands here: the server applies its default, if it has one. */
  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  get pending(): boolean {
    return isMark(this.value, PENDING.holdfast);
  }

  get secret(): boolean {
    return isMark(this.value, SECRET.holdfast);
  }

  /** Is all of it readable now, at every depth? What is absent is. */
  get complete(): boolean {
    if (this.pending || this.secret) return false;
    return [...this.items(), ...this.entries().map(([, field]) => field)].every((field) => field.complete);
  }

  /** What lies below a secret or pending value is secret or pending too. */
  get(...keys: readonly (string | number)[]): Field {
    return keys.reduce<Field>((field, key) => field.child(key), this);
  }

  /** The parts of a list; none if it is absent or no list. */
  items(): readonly Field[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.child(index)) : [];
  }

  entries(): readonly (readonly [string, Field])[] {
    return isObject(this.value) ? Object.keys(this.value).map((key) => [key, this.child(key)] as const) : [];
  }

  text(): Fact<string> {
    return this.read("a text", (value) => (typeof value === "string" && value !== "" ? value : undefined));
  }

  number(): Fact<number> {
    return this.read("a number", (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined));
  }

  boolean(): Fact<boolean> {
    return this.read("true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  texts(): Fact<readonly string[]> {
    return this.read("a list of texts", (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined,
    );
  }

  /** @param rule what `parse` wants; it gives `undefined` for anything else */
  read<T>(rule: string, parse: (value: unknown) => T | undefined): Fact<T> {
    if (this.pending) return { state: "pending", why: `${this.path} is known only after an up`, source: this.source };
    if (this.secret) return unknown(`${this.path} is secret`, this.source);
    if (this.absent) return unknown(`${this.path} is not declared`, this.source);
    const value = parse(this.value);
    return value === undefined
      ? unknown(`${this.path} is ${JSON.stringify(this.value)}: ${rule} is wanted`, this.source)
      : known(value, this.source);
  }

  private child(key: string | number): Field {
    const step = typeof key === "number" ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
    const path = this.path === "" && step.startsWith(".") ? step.slice(1) : this.path + step;
    if (this.pending || this.secret) return new Field(this.urn, path, this.value);
    const value = isObject(this.value) || Array.isArray(this.value) ? Reflect.get(this.value, key) : undefined;
    return new Field(this.urn, path, value);
  }
}

/** The fact, or, where nothing is declared, the value that the server applies then. */
export function orDefault<T>(field: Field, fact: Fact<T>, applied: T): Fact<T> {
  return field.absent ? known(applied, field.source) : fact;
}

/** A text if it can be read now, for names by which resources refer to each other. */
export function plain(field: Field): string | undefined {
  return typeof field.value === "string" && field.value !== "" ? field.value : undefined;
}

/** One fact out of several: known when all are; otherwise the first that is not. */
export function combine<A, B>(facts: readonly Fact<A>[], join: (values: readonly A[]) => B, source: Source): Fact<B> {
  const values: A[] = [];
  for (const fact of facts) {
    if (fact.state !== "known") return fact;
    values.push(fact.value);
  }
  return known(join(values), source);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMark(value: unknown, mark: string): boolean {
  return isObject(value) && value["holdfast"] === mark && Object.keys(value).length === 1;
}
