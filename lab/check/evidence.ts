import type { Entry } from "../load/history.ts";
import type { StoredWrite } from "../platform/store.ts";

/** What a store holds after everything was healed, read at one site. */
export interface SiteStore {
  readonly site: string;
  readonly rows: readonly StoredWrite[];
}

/** Everything about one service that a check looks at. Times: milliseconds since 1970. */
export interface Evidence {
  readonly service: string;
  /** All clients' requests to the service. */
  readonly entries: readonly Entry[];
  /** Each site's copy. */
  readonly stores: readonly SiteStore[];
  /** The site whose copy counts: where writes go after the healing. */
  readonly authority: string;
  /** Bytes of a write's body, as the load sent it. */
  readonly bodyBytes: number;
  readonly faultAt: number;
}

/** The copy that counts. @throws where it was not read */
export function authorityOf({ stores, authority, service }: Evidence): SiteStore {
  const found = stores.find(({ site }) => site === authority);
  if (!found) throw new Error(`the store of ${service} at ${authority} was not read: nothing can be checked`);
  return found;
}

export const isWrite = ({ group }: Entry): boolean => group.operation === "write";
