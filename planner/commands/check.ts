import { InputError } from "../../config/problem.ts";
import type { StackResources } from "../../resilience/resource.ts";
import { readBase } from "../base.ts";
import { changesOf } from "../changes/changes.ts";
import type { Changes } from "../changes/changes.ts";
import { commentOf } from "../changes/comment.ts";
import { readOutcomes } from "../changes/document.ts";
import { changesText } from "../changes/text.ts";
import { exitCodes } from "../errors.ts";
import { readStacks } from "../input-files.ts";
import { judge } from "../judge.ts";
import type { Judgement } from "../judge.ts";
import { readPackConfigFile } from "../policy-pack/config-file.ts";
import { openPack } from "../policy-pack/pack.ts";
import type { Pack } from "../policy-pack/pack.ts";
import { readAnswers } from "../questions/read.ts";
import { outcomesFile } from "../outcomes-file.ts";
import { judgementText } from "../summary.ts";

export interface CheckOptions {
  readonly json: boolean;
  /** Compared with: the base's stack files, or one outcomes.json. */
  readonly base?: readonly string[];
  /** Print only the comparison, as a comment for a pull request. */
  readonly markdown: boolean;
  /** File with levels and settings of the policies. @default their own */
  readonly policyPackConfig?: string;
}

/**
 * `holdfast check`: the same outcomes, from what is deployed or previewed; nothing is planned. With a base, which promise
 * changed and why. The exit code is that of the new state, whatever the base was. The policies are those of this version,
 * for the base too where it is given as stacks.
 */
export async function check(
  files: readonly string[],
  { json, base, markdown, policyPackConfig }: CheckOptions,
): Promise<number> {
  if (markdown && !base) {
    throw new InputError("Command line", [
      {
        offender: "--markdown",
        rule: "a base to compare with",
        value: "no --base",
        fix: "name the base's stack files, or its outcomes.json: --base FILE",
      },
    ]);
  }
  const config = policyPackConfig === undefined ? undefined : readPackConfigFile(policyPackConfig);
  const former = base && readBase(base);
  const stacks = readStacks(files);
  const pack = await openPack(config);
  try {
    const now = await judged(stacks, pack);
    const before = former && ("outcomes" in former ? former.outcomes : (await judged(former.stacks, pack)).document);
    const changes = before === undefined ? undefined : compared(before, now.document);
    process.stdout.write(
      json
        ? `${JSON.stringify({ topologies: [now.document], ...(changes ? { changes } : {}) }, null, 2)}\n`
        : markdown && changes
          ? commentOf(changes)
          : `${[
              judgementText(files.join(", "), now.origin, now.judgement, now.answers, now.policies),
              ...(changes ? [changesText(changes)] : []),
            ].join("\n\n")}\n`,
    );
    return now.judgement.kept && now.policies.kept ? exitCodes.kept : exitCodes.broken;
  } finally {
    await pack.close();
  }
}

async function judged(stacks: readonly StackResources[], pack: Pack) {
  const origin = {
    topology: null,
    stacks: stacks.map(({ stack, origin: file }) => ({ stack, origin: file, notes: [] })),
  };
  const judgement: Judgement = judge(stacks);
  const policies = await pack.judge(stacks);
  const answers = readAnswers(judgement);
  return { judgement, policies, answers, origin, document: outcomesFile(origin, judgement, answers, policies) };
}

/** Both sides are read as they stand in a file, so that a stack and the outcomes that were made of it are the same base. */
function compared(before: unknown, after: unknown): Changes {
  const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
  return changesOf(readOutcomes(written(before), "the base"), readOutcomes(written(after), "the new state"));
}
