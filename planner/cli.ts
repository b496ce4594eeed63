import { Command, CommanderError, Option } from "commander";
import { resolve } from "node:path";
import { exitCodes, reportError } from "./errors.ts";

const PROJECT = resolve(__dirname, "..");

interface Common {
  readonly project: string;
}

interface Policies {
  readonly policyPackConfig?: string;
}

/** Named and laid out as the Pulumi CLI has it, so that one file serves both. */
function policyPackConfig(): Option {
  return new Option(
    "--policy-pack-config <file>",
    "levels and settings of the policies, as `pulumi preview` takes them",
  );
}

function policiesOf({ policyPackConfig: file }: Policies): Policies {
  return file === undefined ? {} : { policyPackConfig: file };
}

/** Each command loads what it needs when it runs: `--help` must not wait for Pulumi. */
function build(): Command {
  const program = new Command("holdfast")
    .description("Says beforehand, fault by fault, what will happen to a platform that runs over two or more sites.")
    .addOption(new Option("--project <dir>", "folder of the Pulumi project").default(PROJECT, "Holdfast's own"))
    .exitOverride()
    .showHelpAfterError("(holdfast --help tells what there is)")
    .addHelpText(
      "after",
      "\nExit codes: 0 all promises kept, 1 a promise broken, a claim refuted or a mandatory policy violated, 2 bad input, 3 a fault of Holdfast's own.",
    );

  program
    .command("plan")
    .description(
      "plan every site of the topologies (default: all), judge them, and write resources, manifests, outcomes and report",
    )
    .argument("[topology...]")
    .option("--out <dir>", "folder to write to; a former plan in it is replaced", "out")
    .option("--json", "print the outcomes as JSON instead of tables")
    .addOption(policyPackConfig())
    .action(async (names: string[], options: { out: string; json?: boolean } & Policies) => {
      const { plan } = await import("./commands/plan.ts");
      process.exitCode = await plan(names, {
        ...program.opts<Common>(),
        out: options.out,
        json: options.json === true,
        ...policiesOf(options),
      });
    });

  program
    .command("check")
    .description(
      "judge what is deployed or previewed: one file per site, of `pulumi stack export` or `pulumi preview --json --show-sames`",
    )
    .argument("<file...>")
    .option("--json", "print the outcomes as JSON instead of tables")
    .option(
      "--base <file...>",
      "compare with the base: its stack files, or one outcomes.json (what `check --json` prints)",
    )
    .addOption(
      new Option("--markdown", "print only what changed since the base, as a comment for a pull request").conflicts(
        "json",
      ),
    )
    .addOption(policyPackConfig())
    .action(async (files: string[], options: { json?: boolean; base?: string[]; markdown?: boolean } & Policies) => {
      const { check } = await import("./commands/check.ts");
      process.exitCode = await check(files, {
        json: options.json === true,
        markdown: options.markdown === true,
        ...(options.base ? { base: options.base } : {}),
        ...policiesOf(options),
      });
    });

  program
    .command("explain")
    .description("the chain of facts behind an outcome")
    .argument("<fault>", "a fault (site:aachen), a claim (C3), or words such as titan-link-cut")
    .option("--topology <name>", "topology to plan; default: the first")
    .option("--files <file...>", "explain these stacks instead of a plan")
    .action(async (fault: string, options: { topology?: string; files?: string[] }) => {
      const { explainFault } = await import("./commands/explain.ts");
      process.exitCode = await explainFault(fault, { ...program.opts<Common>(), ...options });
    });

  program
    .command("compare")
    .description("topologies side by side: promises, availability by class of fault, data, cost, and fault by fault")
    .argument("<topology...>")
    .option("--json", "print the comparison as JSON instead of tables")
    .option("--markdown", "print the comparison as Markdown")
    .action(async (names: string[], options: { json?: boolean; markdown?: boolean }) => {
      const { compare } = await import("./commands/compare.ts");
      process.exitCode = await compare(names, {
        ...program.opts<Common>(),
        json: options.json === true,
        markdown: options.markdown === true,
      });
    });

  addDrill(program);

  for (const command of [program, ...program.commands]) command.exitOverride();
  return program;
}

function addDrill(program: Command): void {
  const drill = program
    .command("drill")
    .description(
      "bring a planned topology up on this machine, break it on purpose under load, and hold what is measured against what is predicted (root only; exit code 1: worse than predicted)",
    )
    .argument("[topology]", "default: the first")
    .option("--only <ids>", "ids of drills, or faults, or both, separated by commas: D1,D4:process:mongo@aachen")
    .option("--short", "one fault for each store and one link cut, watched for a shorter time")
    .option("--servers <number>", "servers of the site that takes the writes, all like its first one", "1")
    .option("--runs <number>", "how often each drill is run", "1")
    .option("--out <dir>", "folder to write drill.json, the table and the pictures to", "out-drill")
    .option("--add", "keep what the folder tells of drills that are not run now")
    .option("--json", "print the result as JSON instead of the table")
    .action(
      async (
        topology: string | undefined,
        options: {
          only?: string;
          short?: boolean;
          servers: string;
          runs: string;
          out: string;
          add?: boolean;
          json?: boolean;
        },
      ) => {
        const { drill: run } = await import("./commands/drill.ts");
        process.exitCode = await run(topology, {
          ...program.opts<Common>(),
          ...(options.only === undefined ? {} : { only: options.only }),
          servers: options.servers,
          runs: options.runs,
          out: options.out,
          add: options.add === true,
          short: options.short === true,
          json: options.json === true,
        });
      },
    );
  drill
    .command("clean")
    .description("end what a crashed drill has left: processes, networks, control groups, limits, disks")
    .exitOverride()
    .action(async () => {
      const { cleanDrill } = await import("./commands/drill.ts");
      process.exitCode = await cleanDrill();
    });
}

/** A reader that has seen enough (`| head`) closes the pipe: that is no fault of anybody's. */
function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

async function main(): Promise<void> {
  endWithReader();
  try {
    await build().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed what is wrong, or the help that was asked for.
      process.exitCode = error.exitCode === 0 ? exitCodes.kept : exitCodes.badInput;
      return;
    }
    process.exitCode = reportError(error);
  }
}

void main();
