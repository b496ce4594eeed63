import { observe } from "../resilience/observe/index.ts";
import type { StackResources } from "../resilience/resource.ts";
import { settingsOf } from "./config.ts";
import type { PackConfig } from "./config.ts";
import { judgePlatform, judgePresence, judgeStack } from "./judge.ts";
import type { Judged } from "./judge.ts";
import type { PlatformRule, Rule } from "./rule.ts";

/** What a rule says of all stacks of a platform; `stack` is null for a rule over all sites. */
export interface RuleResult extends Judged {
  readonly rule: Rule;
  readonly stack: string | null;
}

/** Judges by one rule after the other in this process, without an engine: for tests, and for tools of one's own. */
export function judgeAll(
  rules: readonly Rule[],
  stacks: readonly StackResources[],
  config: PackConfig = new Map(),
): readonly RuleResult[] {
  const views = stacks.map((stack) => ({ stack, system: observe([stack]) }));
  return rules.flatMap((rule): readonly RuleResult[] => {
    const settings = settingsOf(rule, config.get(rule.name)?.settings);
    switch (rule.kind) {
      case "resource":
        return stacks.map(({ stack, resources }) => {
          const verdicts = resources.flatMap((one) =>
            rule.types.includes(one.type) ? [rule.evaluate(one, settings)] : [],
          );
          const absent = judgePresence(rule, new Set(resources.map(({ type }) => type)));
          return {
            rule,
            stack,
            findings: [...verdicts.flatMap(({ findings }) => findings), ...absent],
            pending: verdicts.flatMap(({ pending = [] }) => pending),
          };
        });
      case "stack":
        return views.map((view) => ({ rule, stack: view.stack.stack, ...judgeStack(rule, view, settings) }));
      case "platform":
        return judgePlatforms([rule], stacks, config);
      default: {
        const never: never = rule;
        throw new Error(`no judgement by a rule of kind ${String(never)}`);
      }
    }
  });
}

/** Judges all sites together by the rules that need them. */
export function judgePlatforms(
  rules: readonly PlatformRule[],
  stacks: readonly StackResources[],
  config: PackConfig = new Map(),
): readonly RuleResult[] {
  const view = { stacks, system: observe(stacks) };
  return rules.map((rule) => ({
    rule,
    stack: null,
    ...judgePlatform(rule, view, settingsOf(rule, config.get(rule.name)?.settings)),
  }));
}
