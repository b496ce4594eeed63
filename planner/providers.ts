import type { Made, Maker } from "./made.ts";
import { placeholderBytes } from "./placeholders.ts";
import { azureInvokes, azureMaker } from "./providers-azure.ts";
import { keyMakers } from "./providers-keys.ts";
import { kubernetesMaker } from "./providers-kubernetes.ts";
import type { WireObject } from "./wire.ts";

export const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** Providers that a program configures itself answer with their configuration. */
const PROVIDERS = new Set(["kubernetes", "random", "tls", "azure-native"].map((name) => `pulumi:providers:${name}`));

function provider(urn: string, inputs: WireObject): Made {
  return { id: `planned-${placeholderBytes(urn, 4).toString("hex")}`, outputs: inputs };
}

function makerOf(type: string): Maker | undefined {
  if (PROVIDERS.has(type)) return provider;
  return kubernetesMaker(type) ?? azureMaker(type) ?? keyMakers[type];
}

/**
 * What the provider of a resource type would answer, as far as that can be known without it.
 *
 * @throws Error for a type that the planner doesn't know: silence would turn a wish into a fact
 */
export function make(type: string, urn: string, inputs: WireObject): Made {
  const maker = makerOf(type);
  if (!maker)
    throw new Error(
      `resource type ${type} is unknown to the planner (${urn}): add it, with what its provider answers, in planner/providers-*.ts`,
    );
  return maker(urn, inputs);
}

/**
 * What the provider of a function would answer.
 *
 * @throws Error for a function that the planner doesn't know
 */
export function invoke(token: string, inputs: WireObject): WireObject {
  const answer = azureInvokes[token];
  if (!answer)
    throw new Error(
      `invoke ${token} is unknown to the planner: add it, with what its provider answers, in planner/providers-*.ts`,
    );
  return answer(inputs);
}
