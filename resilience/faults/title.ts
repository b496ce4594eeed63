import type { Fault, FaultEvent } from "../fault.ts";

/** The fault in words: `2 disks of data in aachen`, `the link between aachen and titan`. */
export function titleOf(fault: Fault): string {
  const text = fault.steps.map((step) => step.map(eventTitle).join(" and ")).join(", then ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function eventTitle(event: FaultEvent): string {
  switch (event.kind) {
    case "disk": {
      const disks = event.count === 1 ? "1 disk" : `${event.count} disks at once`;
      return event.array === undefined
        ? `${disks} at ${event.site}, whichever`
        : `${disks} of array ${event.array} at ${event.site}`;
    }
    case "storage":
      return `all storage at ${event.site} lost`;
    case "node":
      return `server ${event.server} dead`;
    case "zone":
      return event.zone === undefined ? `zone of ${event.site} dead` : `zone ${event.zone} of ${event.site} dead`;
    case "provider":
      return `all that ${event.provider} runs is gone`;
    case "site":
      return `${event.site} down`;
    case "link":
      return event.oneWay
        ? `traffic from ${event.from} to ${event.to} lost, the other way intact`
        : `link between ${event.from} and ${event.to} cut`;
    case "process":
      return `${event.process} at ${event.site} ${event.hang ? "hangs" : "crashes"}`;
    case "corruption":
      return `data of ${event.subject} damaged by a bad statement`;
    case "dns":
      return `name server of ${event.site} dead`;
    case "backup-store":
      return `backup store at ${event.site} down`;
    case "control-plane":
      return `control plane of ${event.site} down`;
    case "clock":
      return `clock of the databases at ${event.site} jumps`;
    case "gateway":
      return `overlay gateway of ${event.site} crashes`;
    case "certificate-expiry":
      return `certificate for ${event.purpose}${event.site === undefined ? "" : ` at ${event.site}`} expired`;
    default: {
      const never: never = event;
      throw new Error(`no title for ${JSON.stringify(never)}`);
    }
  }
}
