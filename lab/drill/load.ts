import type { LoadWorker } from "../load/run.ts";
import { clientKinds } from "../load/plan.ts";
import type { ClientKind, Group } from "../load/plan.ts";
import type { Network } from "../network/network.ts";

/** A service of each store. */
export const drilledServices = { core: "postgres", alastair: "mongo" } as const;
export type DrilledService = keyof typeof drilledServices;
export const serviceNames = Object.keys(drilledServices) as readonly DrilledService[];

/** The service whose users' files are sent too. */
export const UPLOADING: DrilledService = "core";

/**
 * Requests per second of a group. Beside two clusters they leave two cores a third of their time, of which a restart takes most:
 * with half as many more a slow machine's restarts waited for a processor, and with three times as many its other programs too.
 */
const PER_SECOND = { world: 1, site: 1.5, upload: 0.5 } as const;
const CLIENTS = 6;
/** The name of the machine outside every site, as the load names places. */
export const WORLD_PLACE = "world";

const group = (site: string, kind: ClientKind, service: string, operation: Group["operation"], perSecond: number) =>
  ({ site, kind, service, operation, perSecond, clients: CLIENTS }) satisfies Group;

/** The requests of a place: of all kinds of clients in the outside world, of those that resolve at each site. */
export function groupsAt(place: string, times: number): readonly Group[] {
  const isWorld = place === WORLD_PLACE;
  const kinds = isWorld ? clientKinds : (["resolver"] as const);
  const perSecond = times * (isWorld ? PER_SECOND.world : PER_SECOND.site);
  return [
    ...kinds.flatMap((kind) =>
      serviceNames.flatMap((service) =>
        (["read", "write"] as const).map((operation) => group(place, kind, service, operation, perSecond)),
      ),
    ),
    ...(isWorld ? [group(place, "resolver", UPLOADING, "upload", PER_SECOND.upload)] : []),
  ];
}

/** Requests per second that the places ask for together. @param times how many times the usual load */
export const askedRate = (places: readonly string[], times = 1): number =>
  places.flatMap((place) => groupsAt(place, times)).reduce((sum, { perSecond }) => sum + perSecond, 0);

/**
 * The workers of a run, one in each place.
 *
 * @param name goes into the ids of writes: another one for each run
 * @param times how many times the usual load
 */
export function workersOf(
  network: Network,
  sites: readonly string[],
  {
    name,
    host,
    ca,
    bodyBytes,
  }: { readonly name: string; readonly host: string; readonly ca: string; readonly bodyBytes: number },
  times: number,
): readonly LoadWorker[] {
  return [WORLD_PLACE, ...sites].map((place) => ({
    plan: { name: `${name}-${place}`, groups: [...groupsAt(place, times)], host, ca, bodyBytes },
    enter: (place === WORLD_PLACE ? network.world : network.clients(place)).door([]),
  }));
}
