import type { Resource, StackResources } from "../resilience/resource.ts";
import type { System } from "../resilience/system.ts";

/** `mandatory` stops an `up`; `advisory` is told. The user may set another, or `disabled`, in the pack's config. */
export type Level = "advisory" | "mandatory";

/** One thing that breaks a rule. */
export interface Finding {
  /** The resource that breaks it; absent: the stack as a whole, because something is not there. */
  readonly urn?: string;
  /** What is wrong, with the offending value, and what to change: a sentence each. No secret values. */
  readonly message: string;
}

/** What a rule found. */
export interface Verdict {
  /** How many subjects were looked at. None where one was expected is a violation by itself. */
  readonly evaluated: number;
  readonly findings: readonly Finding[];
  /** What could not be judged because a value is known only after an `up`: told, since the engine would pass it silently. */
  readonly pending?: readonly string[];
}

/** A threshold that the user may set, as JSON schema has it. */
export interface Setting {
  readonly type: "number" | "integer" | "boolean" | "string";
  /** With its unit, and why the default is what it is. */
  readonly description: string;
  readonly default: number | boolean | string;
  readonly minimum?: number;
  readonly enum?: readonly string[];
}

export type SettingValues = Readonly<Record<string, number | boolean | string>>;

interface RuleBase {
  /** In kebab-case; frozen once released, as users' configs name it. */
  readonly name: string;
  /** What must hold, one sentence. */
  readonly what: string;
  /** Ids of the requirements that it serves: `R4`, `S1.4`. */
  readonly ids: readonly string[];
  /** What happens otherwise, one sentence. */
  readonly why: string;
  /** What to do about a violation, one sentence. */
  readonly fix: string;
  readonly level: Level;
  readonly settings?: Readonly<Record<string, Setting>>;
}

/** Looks at each resource of some types by itself; the engine asks before the resource is made. */
export interface ResourceRule extends RuleBase {
  readonly kind: "resource";
  /** Types of resources, `kubernetes:apps/v1:Deployment`; a stack without any of them is a violation, unless `optional`. */
  readonly types: readonly string[];
  readonly optional?: boolean;
  evaluate(
    resource: Pick<Resource, "type" | "name" | "urn" | "inputs">,
    settings: SettingValues,
  ): Omit<Verdict, "evaluated">;
}

/** One stack: one site of the platform, without the others. */
export interface StackView {
  readonly stack: StackResources;
  /** What is read from this stack alone: what leads to another site is unknown in it. */
  readonly system: System;
}

/** Looks at one whole stack. */
export interface StackRule extends RuleBase {
  readonly kind: "stack";
  /** What it looks at, for the message when there is none: `a CloudNativePG Cluster`. */
  readonly subject: string;
  /** Should the subject be there? @default always */
  expected?(view: StackView): boolean;
  evaluate(view: StackView, settings: SettingValues): Verdict;
}

/** All sites of the platform together. */
export interface PlatformView {
  readonly stacks: readonly StackResources[];
  readonly system: System;
}

/** Looks at all sites together: `holdfast plan` and `holdfast check` judge it; a pack, which sees one stack, says that it did not. */
export interface PlatformRule extends RuleBase {
  readonly kind: "platform";
  readonly subject: string;
  expected?(view: PlatformView): boolean;
  evaluate(view: PlatformView, settings: SettingValues): Verdict;
}

export type Rule = ResourceRule | StackRule | PlatformRule;
