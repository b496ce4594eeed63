import type { PlannedDrill } from "../result/text.ts";
import { bothDrill } from "./d01-d04-both.ts";
import { linkDrills } from "./d01-link.ts";
import { primaryDownDrill } from "./d02-primary-down.ts";
import { standbyDownDrill } from "./d03-standby-down.ts";
import { databaseDrills } from "./d04-database.ts";
import { nodeDrills } from "./d04-node.ts";
import { storageDrills } from "./d05-storage.ts";
import { corruptionDrill } from "./d06-corruption.ts";
import { filesDrill } from "./d06-files.ts";
import { switchoverDrill } from "./d07-switchover.ts";
import { peakDrill } from "./d08-peak.ts";
import { serviceDrill } from "./d09-service.ts";
import { archiveDrill } from "./d10-archive.ts";
import { clockDrill } from "./d11-clock.ts";
import { operatorDrill } from "./d12-operator.ts";
import { gatewayDrill } from "./d13-gateway.ts";
import { clientsDrill } from "./d14-clients.ts";
import type { Drill, SiteNames } from "./drill.ts";
import { unwrittenDrills } from "./not-written.ts";

/** The drills that can be run, in an order in which those that hurt most come last. */
export const drillsOf = (names: SiteNames): readonly Drill[] => [
  ...linkDrills(names),
  ...databaseDrills(names),
  ...nodeDrills(names),
  serviceDrill(names),
  gatewayDrill(names),
  archiveDrill(names),
  corruptionDrill(names),
  filesDrill(names),
  // Commits that bear a time from the future end a later restore to a point in time before they should.
  clockDrill(names),
  standbyDownDrill(names),
  operatorDrill(names),
  bothDrill(names),
  // A server's end is its containers' first one too: one that is killed within ten minutes of it waits before it starts.
  primaryDownDrill(names),
  clientsDrill(names),
  switchoverDrill(names),
  ...storageDrills(names),
  // A machine that does not carry its load ends the session.
  peakDrill(names),
];

/** Every drill there should be, by the number of its id; those that nobody has written among them. */
export function plannedDrills(names: SiteNames): readonly PlannedDrill[] {
  const all = [...drillsOf(names), ...unwrittenDrills()].map(({ id, title, fault, reason }) => ({
    ...{ id, title, fault },
    ...(reason === undefined ? {} : { reason }),
  }));
  const number = ({ id }: PlannedDrill): number => Number(/\d+/.exec(id)?.[0] ?? 0) + (id.includes("+") ? 100 : 0);
  return all.sort((a, b) => number(a) - number(b));
}
