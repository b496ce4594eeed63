import type { DataLoss } from "../outcome.ts";
import type { MongoReplicaSet, PostgresCluster, System, Volume } from "../system.ts";
import { valueOf } from "../fact.ts";
import type { Step } from "./history.ts";
import { mongoLoss } from "./loss-mongo.ts";
import { endOf, firstLoss, lossFrom, none } from "./loss-parts.ts";
import { instancesAlive, replicates } from "./postgres.ts";
import { filesHomes, volumeKept } from "./files.ts";
import { backupSources } from "./sources.ts";
import type { Source } from "./sources.ts";
import { Trail } from "./trail.ts";
import type { Tri } from "./tri.ts";
import { World } from "./world.ts";

/** What is lost of every subject, with the best source to bring it back from. */
export function losses(
  system: System,
  steps: readonly Step[],
): { readonly losses: readonly DataLoss[]; readonly trail: Trail } {
  const trail = new Trail();
  const collect = (make: (own: Trail) => Omit<DataLoss, "reasons"> | undefined): DataLoss[] => {
    const own = new Trail();
    const loss = make(own);
    trail.take(own);
    return loss ? [{ ...loss, reasons: own.reasons }] : [];
  };
  const primaries = system.postgres.filter(({ replica }) => valueOf(replica) !== true);
  return {
    losses: [
      ...primaries.flatMap((cluster) => collect((own) => postgresLoss(cluster, steps, own))),
      ...system.mongo.flatMap((set: MongoReplicaSet) => collect((own) => mongoLoss(set, steps, own))),
      ...system.volumes
        .filter((volume) => isUploads(system, volume))
        .flatMap((volume) => collect((own) => uploadsLoss(volume, steps, own))),
    ],
    trail,
  };
}

function postgresLoss(
  cluster: PostgresCluster,
  steps: readonly Step[],
  trail: Trail,
): Omit<DataLoss, "reasons"> | undefined {
  const end = endOf(steps, trail);
  if (!end) return undefined;
  const names = [cluster.name, "postgres"];
  const gone = firstLoss(steps, (world) => instancesAlive(world, cluster).lost);
  const corrupted = steps.find(({ events }) =>
    events.some((event) => event.kind === "corruption" && event.subject === "postgres"),
  );
  if (gone) instancesAlive(end, cluster);
  const standbys = end.system.postgres.filter((other) => other !== cluster && valueOf(other.replica) === true);
  if (gone) {
    const copies = standbys.flatMap((standby) => standbySource(standby, gone.step, end, corrupted !== undefined));
    return lossFrom("postgres", [...copies, ...backupSources(end.system, names, gone.step, end)], gone.sure, trail);
  }
  if (corrupted) {
    trail.say(
      "a standby is no help: the bad statement was replicated to it within moments",
      ...standbys.map(({ urn }) => urn),
    );
    trail.say(
      "what was written after the bad statement, until somebody notices it, must be merged by a person or is lost",
    );
    return lossFrom("postgres", backupSources(end.system, names, corrupted, end), true, trail);
  }
  return asyncFailover(cluster, steps, trail) ?? none("postgres");
}

function standbySource(standby: PostgresCluster, lostIn: Step, end: World, corrupted: boolean): readonly Source[] {
  const { lost } = instancesAlive(end, standby);
  const from = `standby ${standby.site}`;
  const base = { from, site: standby.site, kind: "standby" as const, urns: [standby.urn] };
  if (corrupted) return [{ ...base, seconds: null, exists: "no", text: `${from} holds the damage too` }];
  const exists: Tri = lost === "no" ? "yes" : lost === "yes" ? "no" : "unknown";
  const running = replicates(new World(end.system, lostIn.before.broken, new Trail()), standby);
  const lag = end.trail.read(standby.walReceiverTimeout, `wal_receiver_timeout of ${standby.name}`);
  if (running !== "yes" || lag === undefined)
    return [
      {
        ...base,
        seconds: null,
        exists,
        text: `replication into ${from} had stopped before the loss: it misses all writes since then, and nothing bounds that time`,
      },
    ];
  return [
    {
      ...base,
      seconds: lag,
      exists,
      text: `${from} streams: it misses at most what a silent stall of ${lag} s (wal_receiver_timeout) hides, against a backup's interval`,
    },
  ];
}

/** A failover inside an asynchronous cluster gives up what the new primary had not received. */
function asyncFailover(
  cluster: PostgresCluster,
  steps: readonly Step[],
  trail: Trail,
): Omit<DataLoss, "reasons"> | undefined {
  if (!steps.some(({ heals }) => heals.some(({ keys }) => keys.includes(`failover:${cluster.name}`)))) return undefined;
  const synchronous = trail.read(cluster.synchronous, `synchronous standbys of ${cluster.name}`);
  if (synchronous === undefined) return { subject: "postgres", seconds: null, kind: "unknown", restoredFrom: null };
  if (synchronous > 0) return undefined;
  const lag = trail.read(cluster.walReceiverTimeout, `wal_receiver_timeout of ${cluster.name}`);
  trail.say(
    `${cluster.name} replicates asynchronously: a failover gives up what the new primary had not received`,
    cluster.urn,
  );
  return {
    subject: "postgres",
    seconds: lag ?? null,
    kind: lag === undefined ? "unknown" : "bounded",
    restoredFrom: null,
  };
}

function isUploads(system: System, volume: Volume): boolean {
  if (valueOf(volume.content) === "cache") return false;
  return system.services.some(
    (service) =>
      service.volumes.includes(volume.name) &&
      filesHomes(new World(system, new Set(), new Trail()), service.name).includes(volume.site),
  );
}

function uploadsLoss(volume: Volume, steps: readonly Step[], trail: Trail): Omit<DataLoss, "reasons"> | undefined {
  const end = endOf(steps, trail);
  if (!end) return undefined;
  const subject = `uploads:${volume.name}@${volume.site}`;
  const kept = (world: World): Tri =>
    volumeKept(world, volume.site, valueOf(volume.storageClass), volume.name, volume.urn);
  const gone = firstLoss(steps, (world) => (kept(world) === "yes" ? "no" : kept(world) === "no" ? "yes" : "unknown"));
  if (!gone) return none(subject);
  kept(end);
  trail.say(`no database replicates the files of ${volume.name}: only backups hold another copy`, volume.urn);
  return lossFrom(
    subject,
    backupSources(end.system, [volume.name, `uploads-${volume.name}`, "uploads"], gone.step, end),
    gone.sure,
    trail,
  );
}
