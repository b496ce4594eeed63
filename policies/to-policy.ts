import type {
  PolicyConfigSchema,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { settingsOf } from "./config.ts";
import { judgePlatform, judgePresence, judgeStack } from "./judge.ts";
import type { Judged } from "./judge.ts";
import { explained, FIX } from "./message.ts";
import { alone } from "./platform-sites.ts";
import type {
  Finding,
  PlatformRule,
  ResourceRule,
  Rule,
  Setting,
  SettingValues,
  StackRule,
  StackView,
} from "./rule.ts";
import type { Run } from "./run.ts";

/** A rule as the engine takes it. */
export function policyOf(rule: Rule, run: Run): ResourceValidationPolicy | StackValidationPolicy {
  switch (rule.kind) {
    case "resource":
      return resourcePolicy(rule, run);
    case "stack":
      return stackPolicy(rule, run, (view, settings) => judgeStack(rule, view, settings));
    case "platform":
      return stackPolicy(rule, run, (view, settings) => judgeAlone(rule, view, settings));
    default: {
      const never: never = rule;
      throw new Error(`no policy for a rule of kind ${String(never)}`);
    }
  }
}

/** It is asked twice: of each resource before it is made, and at the end whether there was any. */
function resourcePolicy(rule: ResourceRule, run: Run): ResourceValidationPolicy & StackValidationPolicy {
  return {
    ...described(rule),
    validateResource: (args, report) => {
      const resource = run.resource(args);
      if (!rule.types.includes(args.type)) return args.notApplicable(`it looks at ${rule.types.join(", ")}`);
      const { findings, pending = [] } = rule.evaluate(resource, settingsOf(rule, args.getConfig()));
      tell(rule, findings, report, run);
      run.postponeResource(rule.name, args.urn, pending);
    },
    validateStack: (args, report) => {
      tell(rule, judgePresence(rule, new Set(args.resources.map(({ type }) => type))), report, run);
    },
  };
}

function stackPolicy(
  rule: StackRule | PlatformRule,
  run: Run,
  judge: (view: StackView, settings: SettingValues) => Judged | undefined,
): StackValidationPolicy {
  return {
    ...described(rule),
    validateStack: (args, report) => {
      const reading = run.stack(rule.name, args.resources);
      if ("why" in reading) return tell(rule, [{ message: `the stack can't be judged: ${reading.why}` }], report, run);
      const judged = judge(reading.view, settingsOf(rule, args.getConfig()));
      if (!judged) return args.notApplicable("it needs all sites: holdfast plan and holdfast check judge it");
      tell(rule, judged.findings, report, run);
      run.postpone(rule.name, judged.pending);
    },
  };
}

/** A platform of one site is its stack; with more sites, one stack says nothing of all of them. */
function judgeAlone(rule: PlatformRule, { stack, system }: StackView, settings: SettingValues): Judged | undefined {
  return alone(stack) ? judgePlatform(rule, { stacks: [stack], system }, settings) : undefined;
}

function described(
  rule: Rule,
): Pick<StackValidationPolicy, "name" | "description" | "enforcementLevel" | "configSchema"> {
  const { name, what, ids, level, settings } = rule;
  return {
    name,
    description: `${what} [${ids.join(", ")}]`,
    enforcementLevel: level,
    ...(settings ? { configSchema: schemaOf(settings) } : {}),
  };
}

/** The engine drops `additionalProperties` at the top; `configure.ts` refuses unknown keys itself. */
function schemaOf(settings: Readonly<Record<string, Setting>>): PolicyConfigSchema {
  return { properties: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, propertyOf(value)])) };
}

function propertyOf({
  type,
  description,
  default: applied,
  minimum,
  enum: choices,
}: Setting): PolicyConfigSchema["properties"][string] {
  return {
    type,
    description,
    default: applied,
    ...(minimum === undefined ? {} : { minimum }),
    ...(choices ? { enum: [...choices] } : {}),
  };
}

function tell(rule: Rule, findings: readonly Finding[], report: ReportViolation, run: Run): void {
  for (const finding of findings) report(run.clean(`${explained(finding, rule)}${FIX}${rule.fix}`), finding.urn);
}
