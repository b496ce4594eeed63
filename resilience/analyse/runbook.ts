import type { Outcome, Recovery } from "../outcome.ts";
import type { Fault } from "../fault.ts";
import { eventTitle } from "../faults/title.ts";

/** What to check, what to type, and when to stop. */
export function runbookOf(fault: Fault, recovery: Recovery): Outcome["runbook"] {
  const check = fault.steps.flat().map((event) => `is it true? ${eventTitle(event)}`);
  const promotes = recovery.commands.some((command) => command.includes("holdfast:promotion forced"));
  const restores = recovery.commands.some((command) => command.includes("docs/restore.md"));
  return {
    check: [
      ...check,
      ...(promotes
        ? [
            "is the former primary dead, and will it stay so? From outside a dead site looks like a cut link: ask there, by telephone or the provider's console",
          ]
        : []),
      ...(restores ? ["when was the last test restore of that backup, and did it succeed?"] : []),
    ],
    type: recovery.commands,
    stop: [
      ...(promotes
        ? [
            "stop if the former primary answers anybody: forcing a promotion then makes two sites that take writes (split brain), and one of them loses its rows",
            "stop if waiting is cheaper: a forced promotion gives up for good what the former primary had acknowledged and the standby had not received, and the uploads since the last copy",
            "stop if the former primary comes back during or after the promotion, before it was rebuilt: its config may still make it take writes, so cut it off first",
          ]
        : []),
      ...(restores ? ["stop before anything is written over the only copy that is left"] : []),
      ...(recovery.commands.length === 0
        ? [
            "there is nothing to type: if it has not recovered after the time above, the prediction is wrong; find out why first",
          ]
        : []),
    ],
  };
}
