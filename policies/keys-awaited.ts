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
