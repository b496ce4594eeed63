import type { Fault, FaultEvent } from "../fault.ts";

/** One event, as `parseFault` reads it. */
export function formatEvent(event: FaultEvent): string {
  switch (event.kind) {
    case "disk":
      return `disk:${event.site}${event.array === undefined ? "" : `/${event.array}`}:${event.count}`;
    case "zone":
      return `zone:${event.site}${event.zone === undefined ? "" : `/${event.zone}`}`;
    case "provider":
      return `provider:${event.provider}`;
    case "storage":
    case "site":
    case "dns":
    case "backup-store":
    case "control-plane":
    case "clock":
    case "gateway":
      return `${event.kind}:${event.site}`;
    case "node":
      return `node:${event.server}`;
    case "link":
      return `link:${event.from}${event.oneWay ? ">" : "-"}${event.to}`;
    case "process":
      return `process:${event.process}@${event.site}${event.hang ? ":hang" : ""}`;
    case "corruption":
      return `corruption:${event.subject}`;
    case "certificate-expiry":
      return `certificate-expiry:${event.purpose}${event.site === undefined ? "" : `@${event.site}`}`;
    default: {
      const never: never = event;
      throw new Error(`no notation for the fault ${JSON.stringify(never)}`);
    }
  }
}

/** The canonical expression: events of a step sorted and joined by `+`, steps joined by `,`. */
export function formatFault(fault: Pick<Fault, "steps">): string {
  return fault.steps.map((step) => step.map(formatEvent).join("+")).join(",");
}

/** A fault in canonical form: each step is a set, so order and repetition of its events do not count. */
export function makeFault(steps: readonly (readonly FaultEvent[])[]): Fault {
  const canonical = steps.map(canonicalStep).filter((step) => step.length > 0);
  return { expression: formatFault({ steps: canonical }), steps: canonical };
}

function canonicalStep(step: readonly FaultEvent[]): readonly FaultEvent[] {
  const byText = new Map<string, FaultEvent>();
  for (const event of step) {
    const ordered =
      event.kind === "link" && !event.oneWay && event.from > event.to
        ? { ...event, from: event.to, to: event.from }
        : event;
    byText.set(formatEvent(ordered), ordered);
  }
  return [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, event]) => event);
}
