import type { Finding, PlatformRule, PlatformView, ResourceRule, SettingValues, StackRule, StackView } from "./rule.ts";

/** What a rule says of its subjects: nothing that it should have looked at is a finding by itself. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly pending: readonly string[];
}

/** Judges one stack, or all stacks of a platform, by one rule. */
export function judgeStack(rule: StackRule, view: StackView, settings: SettingValues): Judged {
  return counted(rule, rule.evaluate(view, settings), rule.expected?.(view) ?? true);
}

export function judgePlatform(rule: PlatformRule, view: PlatformView, settings: SettingValues): Judged {
  return counted(rule, rule.evaluate(view, settings), rule.expected?.(view) ?? true);
}

/** A finding if the stack has no resource of the types that the rule looks at, unless that may be. */
export function judgePresence({ types, optional }: ResourceRule, present: ReadonlySet<string>): readonly Finding[] {
  if (optional === true || types.some((type) => present.has(type))) return [];
  return [{ message: `nothing was evaluated: the stack declares no ${types.join(", no ")}` }];
}

function counted(
  { subject }: Pick<StackRule, "subject">,
  { evaluated, findings, pending = [] }: ReturnType<StackRule["evaluate"]>,
  expected: boolean,
): Judged {
  const nothing = evaluated === 0 && findings.length === 0 && pending.length === 0 && expected;
  return {
    findings: nothing ? [{ message: `nothing was evaluated: ${subject} is expected and was not found` }] : findings,
    pending,
  };
}
