import { valueOf } from "../resilience/fact.ts";
import type { Fact } from "../resilience/fact.ts";
import type { Backup, MongoMember, MongoReplicaSet, PostgresCluster, System, Volume } from "../resilience/system.ts";

/** Data that nothing else brings back: what the platform's databases take in, and the files of its users. */
export interface Data {
  /** In words: `pg-aachen`, `MongoDB (platform)`, `volume core-media`. */
  readonly label: string;
  readonly kind: "postgres" | "mongo" | "uploads";
  /** Names under which backups know it. */
  readonly names: readonly string[];
  /** The site that takes the writes. */
  readonly site: string;
  readonly urn: string;
  readonly storageClass: Fact<string>;
}

/**
 * The data that the given sites take writes for. A standby's copy is none: it can be made again. Where it can't be read
 * whether a cluster follows another, or what a volume holds, it counts as such data.
 */
export function dataOf(system: System): readonly Data[] {
  return [...primaries(system).map(ofPostgres), ...system.mongo.flatMap(ofMongo), ...uploads(system).map(ofVolume)];
}

export function primaries(system: System): readonly PostgresCluster[] {
  return system.postgres.filter(({ replica }) => valueOf(replica) !== true);
}

export function uploads(system: System): readonly Volume[] {
  return system.volumes.filter(({ content }) => valueOf(content) !== "cache");
}

/** Members that hold data and may become primary: those on which writes are taken. */
export function electable(set: MongoReplicaSet): readonly MongoMember[] {
  return set.members.filter(({ arbiter, priority }) => !arbiter && priority > 0);
}

/** Backups of some data, whichever kind of them. */
export function backupsOf(system: System, data: Data, kinds: readonly Backup["kind"][]): readonly Backup[] {
  return system.backups.filter(
    ({ kind, subject, from }) =>
      kinds.includes(kind) &&
      data.names.includes(valueOf(subject) ?? "") &&
      (kind === "restore-test" || from.state !== "known" || from.value === data.site),
  );
}

function ofPostgres({ name, site, urn, storageClass }: PostgresCluster): Data {
  return { label: name, kind: "postgres", names: [name, "postgres"], site, urn, storageClass };
}

/** It lies where the member of the highest priority runs; a set of which nothing electable runs has no data to lose here. */
function ofMongo(set: MongoReplicaSet): readonly Data[] {
  const [first] = electable(set)
    .filter(({ urn }) => urn !== undefined)
    .sort((a, b) => b.priority - a.priority);
  if (!first) return [];
  const { site, urn = set.urn, storageClass } = first;
  return [{ label: `MongoDB (${set.name})`, kind: "mongo", names: [set.name, "mongo"], site, urn, storageClass }];
}

function ofVolume({ name, site, urn, storageClass }: Volume): Data {
  const names = [name, `uploads-${name}`, "uploads"];
  return { label: `volume ${name}`, kind: "uploads", names, site, urn, storageClass };
}
