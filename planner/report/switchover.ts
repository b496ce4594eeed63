import type { Switchover } from "../../resilience/analyse/switchover.ts";
import { formatSeconds } from "../../topologies/units.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { reasonList } from "./outcome.ts";

/** What happens when the active site hands over as planned; nothing where no site can take over. */
export function switchoverSection(switchover: Switchover | null): Html | undefined {
  if (switchover === null) return undefined;
  const { title, recovery, reasons, unknowns, dataLoss } = switchover;
  const stages = recovery.stages.map(
    ({ name, seconds, from }) => markup`<li>${name}: up to ${formatSeconds(seconds)}, from ${from}</li>`,
  );
  return markup`<h3>${title}</h3>
    <p>Nobody's writes are taken from the first <code>up</code> to the last one, at a person's pace. No acknowledged write is lost.</p>
    <pre>${recovery.commands.join("\n")}</pre>
    <ol>${stages}</ol>
    ${reasonList([...reasons, ...dataLoss.flatMap((loss) => loss.reasons), ...unknowns])}`;
}
