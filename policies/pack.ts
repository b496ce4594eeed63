import { PolicyPack } from "@pulumi/policy";
import { refuseUnknownConfig } from "./configure.ts";
import { left, pending } from "./own-policies.ts";
import { Run } from "./run.ts";
import { rules } from "./rules/index.ts";
import { policyOf } from "./to-policy.ts";

/** Frozen once released: users' policy groups name it. */
export const PACK = "holdfast";

const run = new Run();

refuseUnknownConfig(
  rules,
  () =>
    new PolicyPack(PACK, {
      // Those that tell of the others come last: a pack's policies run in this order.
      policies: [...rules.map((rule) => policyOf(rule, run)), left(rules, run), pending(run)],
    }),
);
