import { exitCodes } from "../errors.ts";
import { readStacks } from "../input-files.ts";
import { judge } from "../judge.ts";
import { readAnswers } from "../questions/read.ts";
import { outcomesFile } from "../outcomes-file.ts";
import { judgementText } from "../summary.ts";

/** `holdfast check`: the same outcomes, from what is deployed or previewed. Nothing is planned. */
export function check(files: readonly string[], { json }: { readonly json: boolean }): number {
  const stacks = readStacks(files);
  const origin = {
    topology: null,
    stacks: stacks.map(({ stack, origin: file }) => ({ stack, origin: file, notes: [] })),
  };
  const judgement = judge(stacks);
  const text = json
    ? JSON.stringify({ topologies: [outcomesFile(origin, judgement, readAnswers(judgement))] }, null, 2)
    : judgementText(files.join(", "), origin, judgement, readAnswers(judgement));
  process.stdout.write(`${text}\n`);
  return judgement.kept ? exitCodes.kept : exitCodes.broken;
}
