import { valueOf } from "../resilience/fact.ts";
import { objectsOf } from "./objects.ts";
import type { StackView } from "./rule.ts";

/**
 * Does this site still wait for the keys that all sites share? Before the keyring's stack has told them, its databases, and
 * whatever needs them, are not declared at all: the first `up` leaves the component empty.
 */
export function awaitsKeys(view: Pick<StackView, "stack">): boolean {
  const objects = objectsOf(view);
  const databases = objects.ofType("holdfast:platform:PgPrimaryReplica");
  return databases.length > 0 && databases.every(({ urn }) => objects.childrenOf(urn).length === 0);
}

/**
 * Should this site have data that it takes writes for? Only a site whose databases all follow others has none, and one that
 * still waits for its keys: where no database is declared at all, something is missing.
 */
export function expectsData(view: StackView): boolean {
  const { postgres } = view.system;
  const follows = postgres.length > 0 && postgres.every(({ replica }) => valueOf(replica) === true);
  return !follows && !awaitsKeys(view);
}
