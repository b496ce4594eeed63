import { InputError } from "../../config/problem.ts";
import { analyse, judgeClaims } from "../../resilience/analyse/index.ts";
import { aliasesOf } from "../../resilience/aliases.ts";
import { explain } from "../../resilience/explain.ts";
import { parseFault } from "../../resilience/faults/parse.ts";
import { nearest } from "../../config/nearest.ts";
import { observe } from "../../resilience/observe/index.ts";
import type { ClaimVerdict, Outcome } from "../../resilience/outcome.ts";
import type { StackResources } from "../../resilience/resource.ts";
import type { System } from "../../resilience/system.ts";
import { exitCodes } from "../errors.ts";
import { readStacks } from "../input-files.ts";

export interface ExplainOptions {
  readonly project: string;
  readonly topology?: string;
  readonly files?: readonly string[];
}

/** `holdfast explain`: the chain of facts behind the outcome of one fault, or behind the verdict on a claim. */
export async function explainFault(words: string, options: ExplainOptions): Promise<number> {
  const { stacks, drilled } = options.files
    ? { stacks: readStacks(options.files), drilled: undefined }
    : await planned(options);
  const system = observe(stacks);
  const claims = judgeClaims(system);
  const claim = claims.find(({ claim: { id } }) => id.toLowerCase() === words.toLowerCase());
  const ids = claims.map(({ claim: { id } }) => id);
  const outcome = analyse(system, parseFault(claim?.claim.fault ?? expressionOf(words, system, ids), system));
  const parts = [
    ...(claim ? [claimText(claim)] : []),
    explain(outcome),
    // Files of stacks do not say which topology's drills they are to be held against.
    ...(drilled ? [`Last drilled: ${drilled(outcome).lastDrilled ?? "never"}`] : []),
  ];
  process.stdout.write(`${parts.join("\n\n")}\n`);
  const kept = outcome.promises.every(({ verdict }) => verdict === "kept" || verdict === "pending");
  const confirmed = !claim || claim.verdict === "confirmed" || claim.verdict === "pending";
  return kept && confirmed ? exitCodes.kept : exitCodes.broken;
}

interface Planned {
  readonly stacks: readonly StackResources[];
  /** Tells the day on which an outcome's fault was last drilled. */
  readonly drilled: (outcome: Outcome) => Outcome;
}

async function planned({ project, topology }: ExplainOptions): Promise<Planned> {
  const [{ planTopology, topologiesNamed }, { readProject }, { stackResources }, { readDrills }, { withDrill }] =
    await Promise.all([
      import("../plan.ts"),
      import("../stack-files.ts"),
      import("../harness.ts"),
      import("../../lab/result/read.ts"),
      import("../report/drills.ts"),
    ]);
  const [first] = topologiesNamed(topology === undefined ? [] : [topology]);
  if (!first) throw new Error("there is no topology at all");
  const { sites } = await planTopology(readProject(project), first);
  const file = readDrills(project, first.name);
  return {
    stacks: sites.map(({ result }) => stackResources(result)),
    drilled: (outcome) => withDrill(outcome, file),
  };
}

/** A fault as it is written, or the one that the words stand for; what is neither may have been meant as a claim's id. */
function expressionOf(words: string, system: System, claims: readonly string[]): string {
  if (words.includes(":")) return words;
  const aliases = aliasesOf(system);
  const meant = aliases.get(words.toLowerCase());
  if (meant) return meant;
  const near = nearest(words, [...aliases.keys()]);
  throw new InputError("Command line", [
    {
      offender: `fault ${JSON.stringify(words)}`,
      rule: `a fault (kind:target), ${claims.length > 0 ? `a claim (${claims.join(", ")}), ` : ""}or one of these words: ${[...aliases.keys()].join(", ")}`,
      value: words,
      fix: near ? `did you mean ${near}?` : "name one of those",
    },
  ]);
}

function claimText({ claim, verdict, why }: ClaimVerdict): string {
  return `${claim.id}: ${claim.title}\n${verdict}: ${why}`;
}
