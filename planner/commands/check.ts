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
import { readAnswers } from "../questions/read.ts";
import { outcomesFile } from "../outcomes-file.ts";
import { judgementText } from "../summary.ts";

export interface CheckOptions {
  readonly json: boolean;
  /** Compared with: the base's stack files, or one outcomes.json. */
  readonly base?: readonly string[];
  /** Print only the comparison, as a comment for a pull request. */
  readonly markdown: boolean;
}

/**
 * `holdfast check`: the same outcomes, from what is deployed or previewed; nothing is planned. With a base, which promise
 * changed and why. The exit code is that of the new state, whatever the base was.
 */
export function check(files: readonly string[], { json, base, markdown }: CheckOptions): number {
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
  const former = base && readBase(base);
  const { judgement, origin, document } = judged(readStacks(files));
  const changes = former && compared("outcomes" in former ? former.outcomes : judged(former.stacks).document, document);
  process.stdout.write(
    json
      ? `${JSON.stringify({ topologies: [document], ...(changes ? { changes } : {}) }, null, 2)}\n`
      : markdown && changes
        ? commentOf(changes)
        : `${[
            judgementText(files.join(", "), origin, judgement, readAnswers(judgement)),
            ...(changes ? [changesText(changes)] : []),
          ].join("\n\n")}\n`,
  );
  return judgement.kept ? exitCodes.kept : exitCodes.broken;
}

function judged(stacks: readonly StackResources[]) {
  const origin = {
    topology: null,
    stacks: stacks.map(({ stack, origin: file }) => ({ stack, origin: file, notes: [] })),
  };
  const judgement: Judgement = judge(stacks);
  return { judgement, origin, document: outcomesFile(origin, judgement, readAnswers(judgement)) };
}

/** Both sides are read as they stand in a file, so that a stack and the outcomes that were made of it are the same base. */
function compared(before: unknown, after: unknown): Changes {
  const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
  return changesOf(readOutcomes(written(before), "the base"), readOutcomes(written(after), "the new state"));
}
