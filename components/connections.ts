import type { ServiceConfig } from "../config/schema.ts";
import { mongoMembersOf } from "../topologies/index.ts";
import type { Topology } from "../topologies/types.ts";
import type { SiteContext } from "./context.ts";
import { MONGO_REPLICA_SET, mongoMemberName, namespaces, postgresName } from "./names.ts";

/** How a service reaches its store: the plain part as environment, and where the password lies. */
export interface StoreConnection {
  /** Plain variables: nothing here is secret, so that the analysis can read it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The Secret of the same namespace, and its key, whose value the service gets as `variable`. */
  readonly password: { readonly variable: string; readonly secret: string; readonly key: string };
}

/** The own backup store's key, made by the BackupSchedule: names of the Secret and of its keys. */
export const BACKUP_CREDENTIALS = {
  secret: "backup-credentials",
  accessKeyId: "ACCESS_KEY_ID",
  secretAccessKey: "ACCESS_SECRET_KEY",
} as const;

export const POSTGRES_APP_SECRET = "postgres-app";
export const MONGO_APP_SECRET = "mongo-app";
/** User {@link MONGO_BACKUP_USER} of database `admin`: backs up, restores, and mends what a person must. */
export const MONGO_BACKUP_SECRET = "mongo-backup";
export const MONGO_BACKUP_USER = "backup";
/** Owner of the application's database, in both stores. */
export const APP_USER = "app";
export const POSTGRES_PORT = 5432;
export const MONGO_PORT = 27_017;

/**
 * Settings in libpq's own variables. A service always speaks to the cluster of its own site: at a standby this is the
 * designated primary, which reads only. Our Service `pg-<site>` has the selector of the operator's `pg-<site>-rw` and is
 * declared, so that the way to the database can be followed without knowing the operator.
 *
 * `require`: encrypted inside the site without asking for the CA's file in every service's image.
 */
export function postgresClient(context: SiteContext): StoreConnection {
  return {
    environment: {
      PGHOST: postgresName(context.site),
      PGPORT: String(POSTGRES_PORT),
      PGDATABASE: context.topology.postgres.database,
      PGUSER: APP_USER,
      PGSSLMODE: "require",
    },
    password: { variable: "PGPASSWORD", secret: POSTGRES_APP_SECRET, key: "password" },
  };
}

/**
 * How soon a driver notices a member that went silent: one heartbeat and one time-out later. The drivers' defaults, 10 s and
 * 30 s, would leave reads hanging for 40 s (MongoDB drivers' server monitoring specification).
 */
const NOTICE_MS = 2000;

/**
 * How many members acknowledge a write, where the service does not say. `majority` loses no acknowledged write with any
 * one member, and is the default where the active site alone has a majority of all votes in members with data: then no
 * other site's absence stops the writes. Where it has not, as in a set of primary, standby and arbiter, `majority` would
 * make every write wait for the other site, and fail while it is cut off; so it is 1.
 */
export function writeConcernOf({ topology, active }: ActiveContext): "majority" | 1 {
  const members = topology.sites.map(({ name }) => ({ name, ...mongoMembersOf(topology, name, active) }));
  const total = members.reduce((sum, { data, votes, arbiters }) => sum + data * votes + arbiters, 0);
  const own = members.find(({ name }) => name === active);
  return own !== undefined && own.data * own.votes > total / 2 ? "majority" : 1;
}

type ActiveContext = Pick<SiteContext, "topology" | "active">;

/**
 * Settings of a MongoDB driver. All members that hold data are named, as every driver learns them from the replica set
 * anyway. Where NetworkPolicies are enforced a service reaches those of its own site only [S1.6]: a write at a standby has
 * been sent to the primary's site by the proxy, and a read whose member is gone is the proxy's to send there. The user
 * lives in the database itself, which is the drivers' default for `authSource`.
 *
 * `journal=true`: with `w=1` alone a crash of the primary loses up to 100 ms (`storage.journal.commitIntervalMs`,
 * MongoDB 7.0).
 */
export function mongoClient(
  context: SiteContext,
  service: Pick<ServiceConfig, "readPreference" | "writeConcern">,
): StoreConnection {
  return {
    environment: {
      MONGO_HOSTS: mongoDataHosts(context).join(","),
      MONGO_REPLICA_SET,
      MONGO_DATABASE: context.topology.mongo.database,
      MONGO_USER: APP_USER,
      MONGO_OPTIONS: [
        `readPreference=${service.readPreference}`,
        `w=${service.writeConcern ?? writeConcernOf(context)}`,
        "journal=true",
        `heartbeatFrequencyMS=${NOTICE_MS}`,
        `connectTimeoutMS=${NOTICE_MS}`,
      ].join("&"),
    },
    password: { variable: "MONGO_PASSWORD", secret: MONGO_APP_SECRET, key: "password" },
  };
}

/**
 * The full name, because the same text must lead to the member from every site and namespace; `svc` alone would lean
 * on the resolver's search list.
 */
export function mongoHost(member: string): string {
  return `${member}.${namespaces.platform}.svc.cluster.local:${MONGO_PORT}`;
}

/** Hosts of the members that hold data, in the order of the topology's sites. */
export function mongoDataHosts({ topology, active }: ActiveContext): readonly string[] {
  return topology.sites.flatMap(({ name }) => mongoSiteHosts(topology, name, active));
}

/** Those of one site. */
export function mongoSiteHosts(topology: Topology, site: string, active: string): readonly string[] {
  const { data } = mongoMembersOf(topology, site, active);
  return Array.from({ length: data }, (_, index) => mongoHost(mongoMemberName(site, index)));
}
