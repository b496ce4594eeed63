import { levelOf, settingsOf } from "../../policies/config.ts";
import type { PackConfig } from "../../policies/config.ts";
import { judgeAll, judgePlatforms } from "../../policies/judge-all.ts";
import type { RuleResult } from "../../policies/judge-all.ts";
import { explained, FIX } from "../../policies/message.ts";
import { LEFT, OWN_POLICIES, PENDING_UNTIL_UP } from "../../policies/own-names.ts";
import type { PlatformRule, Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";
import type { StackResources } from "../../resilience/resource.ts";
import type { PolicyFinding, PolicyReport } from "../policy-report.ts";
import { Analyzer } from "./analyzer.ts";
import type { Diagnostic, PolicySetting } from "./analyzer.ts";
import { startPack } from "./process.ts";

/** Types of resources that some rule looks at by itself. */
const TYPES: ReadonlySet<string> = new Set(rules.flatMap((rule) => (rule.kind === "resource" ? rule.types : [])));

/** The policy pack in its own process, ready to judge one platform after the other. */
export interface Pack {
  /** Judges the stacks of one platform: each by the pack, and all together by the rules that need all sites. */
  judge(stacks: readonly StackResources[]): Promise<PolicyReport>;
  /** Ends the process. */
  close(): Promise<void>;
}

/**
 * Starts the policy pack's process and hands it the config, as the engine would.
 *
 * @param config levels and settings; @default those of the policies
 */
export async function openPack(config: PackConfig = new Map()): Promise<Pack> {
  const running = await startPack();
  const analyzer = new Analyzer(running.address);
  const close = async (): Promise<void> => {
    analyzer.close();
    await running.stop();
  };
  try {
    demandSameRules(await analyzer.policies());
    await analyzer.configure(packSettings(config));
  } catch (error) {
    await close();
    throw error;
  }
  return { judge: (stacks) => judge(analyzer, stacks, config), close };
}

/** Judges the stacks of one platform by all policies, in a process that is started for it and ended after it. */
export async function runPolicies(
  stacks: readonly StackResources[],
  { config }: { readonly config?: PackConfig } = {},
): Promise<PolicyReport> {
  const pack = await openPack(config);
  try {
    return await pack.judge(stacks);
  } finally {
    await pack.close();
  }
}

async function judge(analyzer: Analyzer, stacks: readonly StackResources[], config: PackConfig): Promise<PolicyReport> {
  const findings: PolicyFinding[] = [];
  const pending: string[] = [];
  for (const stack of stacks) {
    const diagnostics = await analyzer.judge(stack, TYPES);
    const ofPack = diagnostics.filter(({ policy }) => policy !== PENDING_UNTIL_UP).map((one) => findingOf(one, stack));
    const open = diagnostics.filter(({ policy }) => policy === PENDING_UNTIL_UP).map(textOf);
    const again = judgeHere(stack, open, config);
    findings.push(...ofPack, ...again.findings.filter((one) => !ofPack.some((known) => isSame(known, one))));
    pending.push(...again.pending.map((text) => `${stack.stack}: ${text}`));
  }
  for (const result of judgePlatforms(rules.filter(isOverall), stacks, config)) {
    findings.push(...findingsOf(result, config));
    if (levelOf(result.rule, config) !== "disabled") pending.push(...pendingOf(result));
  }
  return {
    policies: rules.map((rule) => infoOf(rule, config)),
    findings,
    pending,
    kept: findings.every(({ level }) => level !== "mandatory"),
  };
}

/**
 * What the pack left open for want of a fact that the Analyzer service does not carry (whether an object outlives its
 * resource) is judged once more here, where it is known.
 *
 * @param open what the pack told, each with its policy's name before it
 */
function judgeHere(
  stack: StackResources,
  open: readonly string[],
  config: PackConfig,
): Pick<PolicyReport, "findings" | "pending"> {
  const left = rules.filter(({ kind, name }) => kind === "stack" && open.some((text) => text.startsWith(`${name}: `)));
  const results = judgeAll(left, [stack], config);
  const others = open.filter((text) => !left.some(({ name }) => text.startsWith(`${name}: `)));
  return {
    findings: results.flatMap((result) => findingsOf(result, config)),
    pending: [...others, ...results.flatMap(pendingOf)],
  };
}

function isOverall(rule: Rule): rule is PlatformRule {
  return rule.kind === "platform";
}

function isSame(one: PolicyFinding, other: PolicyFinding): boolean {
  return one.policy === other.policy && one.urn === other.urn && one.message === other.message;
}

function findingsOf({ rule, stack, findings }: RuleResult, config: PackConfig): readonly PolicyFinding[] {
  const level = levelOf(rule, config);
  if (level === "disabled") return [];
  return findings.map((finding) => ({
    policy: rule.name,
    level,
    stack,
    urn: finding.urn ?? null,
    message: explained(finding, rule),
  }));
}

function pendingOf({ rule, pending }: RuleResult): readonly string[] {
  return pending.map((text) => `${rule.name}: ${text}`);
}

function infoOf(rule: Rule, config: PackConfig): PolicyReport["policies"][number] {
  const { name, what, ids, fix, kind } = rule;
  return { name, level: levelOf(rule, config), what, ids, fix, kind };
}

/** What the pack is set to: the rules over all sites are judged here, where all sites are known. */
function packSettings(config: PackConfig): ReadonlyMap<string, PolicySetting> {
  return new Map([
    ...rules.map((rule): readonly [string, PolicySetting] => [
      rule.name,
      {
        level: rule.kind === "platform" ? "disabled" : levelOf(rule, config),
        settings: settingsOf(rule, config.get(rule.name)?.settings),
      },
    ]),
    [LEFT, { level: "disabled", settings: {} }],
    [PENDING_UNTIL_UP, { level: "advisory", settings: {} }],
  ]);
}

/** @throws Error if the process has other policies than this one: then the folder holds another version of the pack */
function demandSameRules(names: readonly string[]): void {
  const expected = [...rules.map(({ name }) => name), ...OWN_POLICIES];
  const missing = expected.filter((name) => !names.includes(name));
  const foreign = names.filter((name) => !expected.includes(name));
  if (missing.length + foreign.length > 0)
    throw new Error(
      `the policy pack lacks ${missing.join(", ") || "nothing"}, and has besides ${foreign.join(", ") || "nothing"}`,
    );
}

function findingOf(diagnostic: Diagnostic, { stack }: StackResources): PolicyFinding {
  const { policy, level, urn } = diagnostic;
  return { policy, level, stack, urn, message: textOf(diagnostic) };
}

/** What a message says of its own: the policy's description before it and the remediation after it stand beside it anyway. */
function textOf({ description, message }: Diagnostic): string {
  const text = message.startsWith(`${description}\n`) ? message.slice(description.length + 1) : message;
  const end = text.lastIndexOf(FIX);
  return end < 0 ? text : text.slice(0, end);
}
