export const exitCodes = { kept: 0, broken: 1, badInput: 2, ourFault: 3 } as const;

/** Errors that tell of the user's input, by name: to know them by class would load what throws them. */
const INPUT_ERRORS: ReadonlySet<string> = new Set(["InputError", "ProgramError", "RefusedError"]);

/** Prints an error for the person who must act, and gives the exit code. A stack trace is shown only for a fault of ours. */
export function reportError(error: unknown): number {
  if (error instanceof Error && INPUT_ERRORS.has(error.name)) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.badInput;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n\nThis is a fault of Holdfast's own: please report it, with the lines above.\n`);
  return exitCodes.ourFault;
}
