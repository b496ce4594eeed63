import { parse } from "yaml";
import { known, mapFact, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { Backup, PostgresCluster } from "../system.ts";
import { objectStoreOf } from "./archive.ts";
import { longestGap } from "./cron.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { combine, Field, isObject, plain } from "./field.ts";
import type { Hosts } from "./hosts.ts";
import { claimsOf, configFiles } from "./mounts.ts";
import { Stores } from "./stores.ts";
import { environmentOf } from "./workloads.ts";

/** `pitr.oplogSpanMin` where it is absent (Percona Backup for MongoDB 2.x), minutes. */
const OPLOG_SPAN = 10;

/** Everything that is copied on a schedule or as it changes. */
export function observeBackups(
  declarations: Declarations,
  hosts: Hosts,
  clusters: readonly PostgresCluster[],
): readonly Backup[] {
  const stores = new Stores(declarations, hosts);
  return [
    ...clusters.flatMap((cluster) => archiveOf(declarations, stores, cluster)),
    ...declarations
      .ofKind("postgresql.cnpg.io/ScheduledBackup")
      .flatMap((scheduled) => baseOf(declarations, stores, scheduled)),
    ...declarations.ofKind("batch/CronJob").flatMap((job) => jobOf(declarations, stores, job)),
  ];
}

function archiveOf(declarations: Declarations, stores: Stores, cluster: PostgresCluster): readonly Backup[] {
  const declared = declarations.byUrn(cluster.urn);
  if (!declared || (cluster.archive.state === "known" && cluster.archive.value === undefined)) return [];
  const source = { urn: cluster.urn, path: "spec" };
  return [
    {
      site: cluster.site,
      urn: cluster.urn,
      kind: "archive",
      subject: known(cluster.name, source),
      from: known(cluster.site, source),
      to:
        cluster.archive.state === "known"
          ? storeOf(declarations, stores, declared)
          : mapFact(cluster.archive, () => ""),
      // The checkpointer that fell asleep while the server started asks for archive_timeout only when it wakes up
      // (PostgreSQL 17, checkpointer.c CheckpointerMain).
      interval: combine(
        [cluster.archiveTimeout, cluster.checkpointTimeout],
        ([log = 0, start = 0]) => (log > 0 ? Math.max(log, start) : log),
        source,
      ),
    },
  ];
}

/** The store behind a Cluster's plug-in, or behind its own older settings. */
function storeOf(declarations: Declarations, stores: Stores, cluster: Declared): Fact<string> {
  const store = objectStoreOf(declarations, cluster);
  if (!store) return configured(stores, cluster, cluster.inputs.get("spec", "backup", "barmanObjectStore"));
  return store.state === "known"
    ? configured(stores, store.value, store.value.inputs.get("spec", "configuration"))
    : store;
}

/** Barman's notation: `s3://bucket/path` at an endpoint, or, in Azure, `https://<account>…/<container>/path`. */
function configured(stores: Stores, owner: Declared, configuration: Field): Fact<string> {
  const path = configuration.get("destinationPath");
  const blobs = /^(https:\/\/[^/]+)\/([^/]+)/.exec(plain(path) ?? "");
  if (blobs) {
    const [endpoint, container] = [blobs[1], blobs[2]].map((part) => new Field(path.urn, path.path, part));
    if (endpoint && container) return stores.find(owner, endpoint, container);
  }
  const bucket = path.read("s3://bucket/…", (value) =>
    typeof value === "string" ? /^s3:\/\/([^/]+)/.exec(value)?.[1] : undefined,
  );
  if (bucket.state !== "known") return bucket;
  return stores.find(owner, configuration.get("endpointURL"), new Field(path.urn, path.path, bucket.value));
}

function baseOf(declarations: Declarations, stores: Stores, scheduled: Declared): readonly Backup[] {
  const spec = scheduled.inputs.get("spec");
  const schedule = spec.get("schedule");
  if (isSuspended(scheduled)) return [];
  const name = spec.get("cluster", "name").text();
  const cluster =
    name.state === "known"
      ? declarations.find(scheduled.site, "postgresql.cnpg.io/Cluster", scheduled.namespace, name.value)
      : undefined;
  return [
    {
      site: scheduled.site,
      urn: scheduled.urn,
      kind: "base",
      subject: name,
      from: known(scheduled.site, { urn: scheduled.urn, path: "" }),
      to: cluster
        ? storeOf(declarations, stores, cluster)
        : unknown(`the cluster of ${scheduled.name} is not declared`, spec.get("cluster").source),
      interval: schedule.read("a schedule", (value) => longestGap(value, true)),
    },
  ];
}

/** What is suspended never runs: it protects nothing. */
const isSuspended = (declared: Declared): boolean => declared.inputs.get("spec", "suspend").value === true;

/** A CronJob that is told of a store in plain variables (docs/resources.md); others are no backups. */
function jobOf(declarations: Declarations, stores: Stores, job: Declared): readonly Backup[] {
  const podSpec = job.inputs.get("spec", "jobTemplate", "spec", "template", "spec");
  const environment = new Map(
    [...podSpec.get("initContainers").items(), ...podSpec.get("containers").items()].flatMap((container) => [
      ...environmentOf(declarations, job, container),
    ]),
  );
  const [endpoint, bucket] = [environment.get("BACKUP_ENDPOINT"), environment.get("BACKUP_BUCKET")];
  if (!endpoint || !bucket || isSuspended(job)) return [];
  const to = stores.find(job, endpoint, bucket);
  const site = known(job.site, { urn: job.urn, path: "" });
  const base = {
    site: job.site,
    urn: job.urn,
    to,
    interval: intervalOf(job),
    subject: subjectOf(job, environment.get("SUBJECT")),
  };
  const [sourceEndpoint, sourceBucket] = [environment.get("SOURCE_ENDPOINT"), environment.get("SOURCE_BUCKET")];
  if (sourceEndpoint && sourceBucket) {
    const from = stores.find(job, sourceEndpoint, sourceBucket);
    return [{ ...base, kind: "copy", subject: from, from }];
  }
  if (environment.has("MAX_AGE")) return [{ ...base, kind: "restore-test", from: to }];
  const [claim] = claimsOf(podSpec);
  if (claim !== undefined)
    return [{ ...base, kind: "files", subject: known(claim, podSpec.get("volumes").source), from: site }];
  if (!environment.has("PBM_CONFIG")) {
    declarations.miss(job, "it writes to a backup store, but what it saves can't be read");
    return [];
  }
  return [
    { ...base, kind: "base", from: site },
    ...oplogOf(declarations, stores, job, podSpec, environment, base.subject),
  ];
}

function subjectOf(job: Declared, field: Field | undefined): Fact<string> {
  return field?.text() ?? unknown(`${job.name} does not say what it saves`, { urn: job.urn, path: "" });
}

function intervalOf(job: Declared): Fact<number> {
  const spec = job.inputs.get("spec");
  // Where clocks change, one night of the year is an hour longer.
  const zone = plain(spec.get("timeZone"));
  const extra = zone === undefined || /^(Etc\/)?(UTC|GMT)$/.test(zone) ? 0 : 3600;
  return mapFact(
    spec.get("schedule").read("a cron schedule", (value) => longestGap(value)),
    (gap) => gap + extra,
  );
}

/** The configuration of Percona Backup for MongoDB that the job applies: its agents then archive the oplog. */
function oplogOf(
  declarations: Declarations,
  stores: Stores,
  job: Declared,
  podSpec: Field,
  environment: ReadonlyMap<string, Field>,
  subject: Fact<string>,
): readonly Backup[] {
  const name = plain(environment.get("PBM_CONFIG") ?? new Field(job.urn, "", undefined))
    ?.split("/")
    .at(-1);
  const file = configFiles(declarations, job, podSpec).find((one) => one.name === name);
  const base = {
    site: job.site,
    urn: job.urn,
    kind: "archive" as const,
    subject,
    from: known(job.site, { urn: job.urn, path: "" }),
  };
  const fail = (why: string): readonly Backup[] => [{ ...base, to: unknown(why), interval: unknown(why) }];
  if (!file) return fail(`the configuration ${String(name)} of ${job.name} is not declared`);
  const parsed = file.content.read("YAML", parseYaml);
  if (parsed.state !== "known") return [{ ...base, to: mapFact(parsed, () => ""), interval: mapFact(parsed, () => 0) }];
  const root = new Field(file.content.urn, file.content.path, parsed.value);
  if (root.get("pitr", "enabled").value !== true) return [];
  const span = root.get("pitr", "oplogSpanMin");
  const storage = root.get("storage");
  return [
    {
      ...base,
      urn: file.configMap.urn,
      to: pbmStore(stores, job, storage),
      interval: span.absent ? known(OPLOG_SPAN * 60, span.source) : mapFact(span.number(), (minutes) => minutes * 60),
    },
  ];
}

function pbmStore(stores: Stores, job: Declared, storage: Field): Fact<string> {
  if (plain(storage.get("type")) !== "azure")
    return stores.find(job, storage.get("s3", "endpointUrl"), storage.get("s3", "bucket"));
  const azure = storage.get("azure");
  const endpoint = azure.get("endpointUrl");
  // Percona Backup for MongoDB (2.x) asks Azure's public cloud where no address is given.
  const account = plain(azure.get("account"));
  const applied =
    endpoint.absent && account !== undefined ? `https://${account}.blob.core.windows.net` : endpoint.value;
  return stores.find(job, new Field(endpoint.urn, endpoint.path, applied), azure.get("container"));
}

function parseYaml(text: unknown): Record<string, unknown> | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const parsed: unknown = parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
