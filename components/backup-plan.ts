import { days, hours } from "../topologies/units.ts";
import type { Seconds } from "../topologies/units.ts";
import { copyPlans, copyPrefix, inside, ownMongoStore, ownStore, PREFIXES, uploadsPrefix } from "./backup-places.ts";
import type { CopyPart, CopySource, StorePlace } from "./backup-places.ts";
import type { Peer, SiteContext } from "./context.ts";
import { postgresName } from "./names.ts";
import { claimName } from "./service-plan.ts";

interface JobBase {
  /** `metadata.name` of the CronJob. */
  readonly name: string;
  /** What is protected: `pg-<site>`, `mongo`, a claim of a service, or a site's store. */
  readonly subject: string;
  /** Cron expression, UTC. */
  readonly schedule: string;
}

/** The claim of a service's uploads. */
export interface UploadsClaim {
  readonly service: string;
  readonly claim: string;
  /** Kubernetes' notation. */
  readonly size: string;
}

export type BackupJob =
  | (JobBase & { readonly kind: "mongo"; readonly to: StorePlace })
  | (JobBase & { readonly kind: "uploads"; readonly to: StorePlace; readonly volume: UploadsClaim })
  | (JobBase & {
      readonly kind: "copy";
      readonly from: CopySource;
      readonly to: StorePlace;
      readonly source: string;
      readonly part: CopyPart;
    })
  | (JobBase & { readonly kind: "test-postgres" | "test-mongo"; readonly at: StorePlace; readonly maxAge: Seconds })
  | (JobBase & {
      readonly kind: "test-uploads";
      readonly at: StorePlace;
      readonly maxAge: Seconds;
      readonly volume: UploadsClaim;
    });

/** A daily backup may take two hours before its test says that the newest one is too old. */
const DAILY_AGE = hours(26);
/** Longest run of a weekly copy: one that needs more than a day is broken off, and goes on a week later. */
export const COPY_DEADLINE = days(1);
/** The newest backup in a copy: a week, the daily backup that it brought, and the time that the copy took. */
const COPIED_AGE = (days(7) + DAILY_AGE + COPY_DEADLINE) as Seconds;

/** Sites from which this one pulls. */
export function pulledSites({ topology, site }: SiteContext): readonly string[] {
  return topology.backups.copies.filter(({ to }) => to === site).map(({ from }) => from);
}

/**
 * The jobs of one site. MongoDB and the uploads are backed up at the active site only: one replica set has one archive,
 * and a standby has no uploads. PostgreSQL's cluster at each site archives by itself; here its archive is only tested.
 */
export function backupJobs(context: SiteContext, peers: readonly Peer[]): readonly BackupJob[] {
  const { daily, weekly } = context.topology.backups;
  const own = ownStore(context);
  const mongo = inside(ownMongoStore(context), PREFIXES.mongo);
  const mine: TestPlace = { site: context.site, at: own, mongo, label: "", maxAge: DAILY_AGE };
  const active: readonly BackupJob[] =
    context.site === context.active
      ? [
          { kind: "mongo", name: "backup-mongo", subject: "mongo", schedule: daily, to: mongo },
          ...uploads(context).map((volume): BackupJob => ({
            kind: "uploads",
            name: uploadsBackupName(volume.claim),
            subject: volume.claim,
            schedule: daily,
            to: inside(own, uploadsPrefix(volume.claim)),
            volume,
          })),
          ...fileAndMongoTests(context, mine),
        ]
      : [];
  const copies = pulledSites(context).flatMap((from): readonly BackupJob[] => {
    const plans = copyPlans(from, context, peers);
    const copies = plans.map(({ label, ...plan }): BackupJob => ({
      ...plan,
      kind: "copy",
      name: `backup-copy-${from}${label}`,
      schedule: weekly,
      source: from,
    }));
    // A copy of a site that is not the active one grows old by right.
    if (copies.length === 0 || from !== context.active) return copies;
    const folder = (place: StorePlace): StorePlace => inside(place, copyPrefix(from));
    const copied: TestPlace = {
      site: from,
      at: folder(own),
      mongo: inside(folder(ownMongoStore(context)), PREFIXES.mongo),
      label: `${from}-`,
      maxAge: COPIED_AGE,
    };
    return [...copies, postgresTest(context, copied), ...fileAndMongoTests(context, copied)];
  });
  return [...active, postgresTest(context, mine), ...copies];
}

interface TestPlace {
  /** Site whose backups these are. */
  readonly site: string;
  readonly at: StorePlace;
  /** Where those of MongoDB lie. */
  readonly mongo: StorePlace;
  /** Distinguishes a copy's tests from those of the own backups: a site may have both after a switchover. */
  readonly label: string;
  readonly maxAge: Seconds;
}

/** `label` is empty for the own backups, `<site>-` for those copied from there. */
export const restoreTestName = (label: string, subject: string): string => `restore-test-${label}${subject}`;
export const uploadsBackupName = (claim: string): string => `backup-uploads-${claim}`;

function postgresTest({ topology }: SiteContext, { site, at, label, maxAge }: TestPlace): BackupJob {
  return {
    kind: "test-postgres",
    name: restoreTestName(label, "postgres"),
    subject: postgresName(site),
    schedule: topology.backups.restoreTest,
    at: inside(at, PREFIXES.postgres),
    maxAge,
  };
}

function fileAndMongoTests(context: SiteContext, { at, mongo, label, maxAge }: TestPlace): readonly BackupJob[] {
  const base = { schedule: context.topology.backups.restoreTest, maxAge };
  const name = (subject: string): string => restoreTestName(label, subject);
  return [
    { ...base, kind: "test-mongo", name: name("mongo"), subject: "mongo", at: mongo },
    ...uploads(context).map((volume): BackupJob => ({
      ...base,
      kind: "test-uploads",
      name: name(volume.claim),
      subject: volume.claim,
      at: inside(at, uploadsPrefix(volume.claim)),
      volume,
    })),
  ];
}

/** By claim, because two services may have a volume of one name. */
function uploads({ platform }: SiteContext): readonly UploadsClaim[] {
  return platform.services.flatMap(({ name: service, volumes }) =>
    volumes
      .filter(({ content }) => content === "uploads")
      .map(({ name, size }) => ({ service, claim: claimName(service, name), size })),
  );
}

/** Share of the uplink that the weekly copy may take: replication and clients keep the rest. */
const COPY_SHARE = 0.25;
/** Where the uplink is not known, Mbit/s. */
const COPY_DEFAULT = 20;

/** Limit of the weekly copy in rclone's notation, KiB/s. */
export function copyBandwidth(uplinkMegabits: number | undefined): string {
  const megabits = uplinkMegabits === undefined ? COPY_DEFAULT : uplinkMegabits * COPY_SHARE;
  return `${Math.max(1, Math.floor((megabits * 1_000_000) / 8 / 1024))}K`;
}
