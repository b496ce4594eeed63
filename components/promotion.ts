import type { HoldfastConfig } from "../config/load.ts";
import { InputError } from "../config/problem.ts";
import type { StackOutputs } from "./peers.ts";

/**
 * The token with which this site's PostgreSQL is promoted, handed over by the site that was demoted. `undefined` where none is
 * needed: at a standby, at a site that is active already or comes up for the first time, and in a forced promotion.
 *
 * A switchover from A to B is: `holdfast:active B` in both stacks; `up` of A, which demotes it; `up --refresh` of A, which
 * reads the token; `up` of B. Until B is up nobody takes writes, so that no two sites ever do.
 *
 * @throws InputError if this site was made active before the former one has been demoted
 */
export async function promotionToken(
  config: HoldfastConfig,
  stacks: readonly StackOutputs[],
): Promise<string | undefined> {
  const { site, active, promotion } = config;
  if (site !== active || promotion === "forced") return undefined;
  const own = stacks.find((stack) => stack.site === site);
  const former = await own?.read("active");
  if (former === undefined) return undefined;
  const tokenFrom =
    former === site ? stacks.filter((stack) => stack !== own) : stacks.filter((stack) => stack.site === former);
  for (const stack of tokenFrom) {
    const token = await stack.read("demotionToken");
    const deployedActive = await stack.read("active");
    if (typeof token === "string" && token !== "" && (former === site || deployedActive === site)) return token;
  }
  if (former === site) return undefined;
  throw new InputError("Switchover", [
    {
      offender: `holdfast:active of stack ${site}`,
      rule: `the demotion token of ${String(former)}, which took the writes until now`,
      reason:
        "two sites that both take writes is a split brain; the token proves that the former one stopped, and where",
      value: "no token among its outputs",
      fix:
        `pulumi config set holdfast:active ${site} -s ${String(former)} && pulumi up -s ${String(former)} && ` +
        `pulumi up --refresh -s ${String(former)}, then up this stack again; if ${String(former)} is dead and stays so: ` +
        `pulumi config set holdfast:promotion forced -s ${site}`,
    },
  ]);
}
