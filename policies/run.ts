import type { PolicyResource } from "@pulumi/policy";
import { InputError } from "../config/problem.ts";
import { observe } from "../resilience/observe/index.ts";
import type { Resource } from "../resilience/resource.ts";
import { readProperties, stackOf } from "./read-resources.ts";
import type { StackView } from "./rule.ts";
import { redact } from "./secrets.ts";

type Evaluated = Pick<Resource, "type" | "name" | "urn" | "inputs">;

/** A stack that could not be read, in words, or what was read of it. */
export type Reading = { readonly view: StackView } | { readonly why: string };

/**
 * What one process of the pack knows while the engine asks: what was declared of each resource, and the stack as it was
 * read once for all policies.
 */
export class Run {
  private readonly declared = new Map<string, Resource["inputs"]>();
  private readonly secrets = new Set<string>();
  private readonly pendingOfResources = new Map<string, readonly string[]>();
  private pendingOfStack: string[] = [];
  private reading: Reading | undefined;
  private readonly asked = new Set<string>();

  /** Notes what is declared of a resource, before it is made. */
  resource(args: Pick<PolicyResource, "type" | "name" | "urn" | "props">): Evaluated {
    const { type, name, urn } = args;
    const inputs = readProperties(type, args.props, this.secrets);
    this.declared.set(urn, inputs);
    return { type, name, urn, inputs };
  }

  /**
   * The stack as the analysis reads it. The engine asks one policy after the other; one that asks again shows that a new
   * run has begun.
   */
  stack(policy: string, resources: readonly PolicyResource[]): Reading {
    if (!this.reading || this.asked.has(policy)) {
      this.asked.clear();
      this.pendingOfStack = [];
      this.reading = this.read(resources);
    }
    this.asked.add(policy);
    return this.reading;
  }

  /** Notes what a policy could not judge before an `up`; told by a policy of its own. */
  postpone(policy: string, pending: readonly string[]): void {
    this.pendingOfStack.push(...pending.map((text) => `${policy}: ${text}`));
  }

  postponeResource(policy: string, urn: string, pending: readonly string[]): void {
    this.pendingOfResources.set(
      `${policy} ${urn}`,
      pending.map((text) => `${policy}: ${text} (${urn})`),
    );
  }

  /** @param urns of the stack's resources: what is no part of it any more is not told */
  postponed(urns: ReadonlySet<string>): readonly string[] {
    const ofResources = [...this.pendingOfResources].flatMap(([key, texts]) =>
      urns.has(key.slice(key.indexOf(" ") + 1)) ? texts : [],
    );
    return [...ofResources, ...this.pendingOfStack];
  }

  /** Without any secret text that was seen. */
  clean(message: string): string {
    return redact(message, this.secrets);
  }

  private read(resources: readonly PolicyResource[]): Reading {
    const stack = stackOf(resources, this.declared, this.secrets);
    try {
      return { view: { stack, system: observe([stack]) } };
    } catch (error) {
      if (error instanceof InputError)
        return { why: error.problems.map(({ rule, value }) => `${rule}: ${value}`).join("; ") };
      throw error;
    }
  }
}
