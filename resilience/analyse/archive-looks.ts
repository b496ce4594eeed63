import { ARCHIVE_LOOK } from "../constants.ts";
import { mapFact, unknown, valueOf } from "../fact.ts";
import type { Stage } from "../outcome.ts";
import type { PostgresCluster } from "../system.ts";
import { stageOf } from "./restart.ts";
import type { Trail } from "./trail.ts";

/**
 * Histories of timelines that PostgreSQL asks the archive for, beside the log that follows its last record (PostgreSQL 17,
 * xlogrecovery.c and timeline.c): a standby that is promoted asks for the next timeline's and for its own, one that lost its
 * source for the next one's, before it tries to find the source again.
 */
export const HISTORIES = { promotion: 2, source: 1 } as const;

/**
 * How long looks into the archive take, one after the other. Each is a program that starts, and on a busy server takes as
 * long as the processor that the scheduler has set aside for it makes it.
 *
 * @returns no stage where nothing is archived; one that is undefined where a fact is missing
 */
export function archiveLooks(
  name: string,
  { name: cluster, archiveAccess: access }: PostgresCluster,
  histories: number,
  trail: Trail,
): readonly (Stage | undefined)[] {
  if (access === undefined) return [];
  const parallel = trail.read(access.parallel, `how many files of log ${cluster} asks its archive for at once`);
  if (parallel === undefined) return [undefined];
  const looks = (parallel + histories) * ARCHIVE_LOOK.value;
  const seconds =
    valueOf(access.share) === 0
      ? unknown<number>("nothing is set aside for it, so nothing bounds it on a busy server", access.share.source)
      : mapFact(access.share, (share) => looks / Math.min(1, share));
  const what = `processor set aside for what asks the archive of ${cluster}, ${1 + histories} times (${ARCHIVE_LOOK.source})`;
  return [stageOf(name, seconds, what, trail)];
}

/**
 * Until a standby that lost its source with the primary follows it again, where a commit waits for one: it asks the archive,
 * and tries the source, in turn.
 */
export function standbyFollows(cluster: PostgresCluster, trail: Trail): readonly (Stage | undefined)[] {
  const wanted = trail.read(cluster.synchronous, `synchronous standbys of ${cluster.name}`);
  if (wanted === undefined) return [undefined];
  if (wanted === 0) return [];
  return [
    ...archiveLooks("standby asks archive", cluster, HISTORIES.source, trail),
    sourceTried("standby again", cluster, trail),
  ];
}

/** Until a standby without its source tries to find it again. */
export const sourceTried = (name: string, cluster: PostgresCluster, trail: Trail): Stage | undefined =>
  stageOf(name, cluster.walRetrieveRetry, `wal_retrieve_retry_interval of ${cluster.name}`, trail);
