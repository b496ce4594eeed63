import { Listr, ListrLogger, ProcessOutput } from "listr2";

export interface Step {
  readonly title: string;
  /** `say` tells what it is at; what it returns replaces the title. */
  readonly run: (say: (text: string) => void) => Promise<string>;
}

/**
 * Runs the steps one after another, with a line for each on stderr: stdout belongs to the result.
 *
 * @param endsItself the steps clear up by themselves on Ctrl-C. @default false: the process ends at once
 */
export async function runSteps(steps: readonly Step[], { endsItself = false } = {}): Promise<void> {
  const output = new ProcessOutput(process.stderr, process.stderr);
  const tasks = new Listr(
    steps.map(({ title, run }) => ({
      title,
      task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
        task.title = await run((text) => (task.output = text));
      },
    })),
    {
      registerSignalListeners: !endsItself,
      renderer: process.stderr.isTTY ? "default" : "simple",
      rendererOptions: { logger: new ListrLogger({ processOutput: output }) },
      fallbackRenderer: "simple",
    },
  );
  await tasks.run();
}
