import type { MongoReplicaSet, PostgresCluster, Restart, StoreClient } from "./databases.ts";
import type { Fact } from "./fact.ts";
import type { Promises, Workload } from "./promised.ts";
import type { AccountRedundancy, Site, SpreadDomain } from "./site.ts";

export type * from "./databases.ts";
export type * from "./site.ts";

/**
 * What is deployed, as read from the declared resources of all sites. Every entity keeps the URN of the resource that
 * makes it exist (`urn`), every setting that an outcome depends on is a {@link Fact} with a source of its own.
 * Times are in seconds, sizes in bytes, rates in bits per second.
 */
export interface System {
  readonly sites: readonly Site[];
  readonly links: readonly Link[];
  readonly postgres: readonly PostgresCluster[];
  readonly mongo: readonly MongoReplicaSet[];
  readonly services: readonly Service[];
  readonly proxies: readonly Proxy[];
  readonly nameServers: readonly NameServer[];
  readonly volumes: readonly Volume[];
  readonly backups: readonly Backup[];
  readonly backupStores: readonly BackupStore[];
  readonly certificates: readonly Certificate[];
  readonly isolation: readonly NetworkIsolation[];
  readonly workload: Fact<Workload>;
  readonly promises: Fact<Promises>;
  /** Resources of a kind that the analysis should understand and could not read. */
  readonly unread: readonly { readonly urn: string; readonly why: string }[];
}

/** The tunnel between two sites, as each side's gateway declares it. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly urn: string;
  readonly encrypted: Fact<boolean>;
  /** Number of gateway pods on the `from` side. */
  readonly gateways: Fact<number>;
  /** The server that the gateway runs on, where that was looked up; absent: any of the site's. */
  readonly server?: Fact<string>;
  /** Names of the remote services that the `from` side reaches through it, as far as its NetworkPolicies let anybody in. */
  readonly carries: readonly { readonly service: string; readonly urn: string }[];
  /** WireGuard's persistent keep-alive, seconds. */
  readonly keepalive: Fact<number>;
  /** Worst-case seconds until a dead gateway is replaced on its node (probe and restart). */
  readonly restart: Restart;
}

/** One service of the platform at one site. */
export interface Service {
  readonly name: string;
  readonly site: string;
  /** The Deployment. */
  readonly urn: string;
  readonly replicas: Fact<number>;
  readonly image: Fact<string>;
  readonly store: StoreClient | undefined;
  readonly restart: Restart;
  /** Names of the volumes it mounts. */
  readonly volumes: readonly string[];
  /** Spread over nodes or zones: `required` (DoNotSchedule/required anti-affinity), `preferred`, `none`. */
  readonly spread: Fact<"required" | "preferred" | "none">;
  /** What it is spread over; absent: nodes. */
  readonly spreadOver?: Fact<SpreadDomain>;
  readonly cpuRequest: Fact<number>;
  readonly memoryRequest: Fact<number>;
  /** Requests per second that one replica serves, if the config declares it. */
  readonly capacity: Fact<number>;
  readonly hasDisruptionBudget: boolean;
  /** Is it the service that visitors sign in at, and how long does a session last (seconds)? Annotated on the Deployment. */
  readonly session: Fact<number> | undefined;
  /** Does its readiness probe fail while its store can't be reached, so that it leaves its endpoints? */
  readonly watchesStore: Fact<boolean>;
  /** Worst-case seconds until its readiness probe has failed: period × failureThreshold + time-out. */
  readonly unready: Fact<number>;
  /** Worst-case seconds until it has passed again: period × successThreshold. */
  readonly readyAgain: Fact<number>;
  /** The path that takes the POST of somebody who signs in. */
  readonly signInPath?: Fact<string>;
  /** Exact paths at which the service declares that a POST only reads; at every other a POST is a write. */
  readonly postIsRead?: Fact<readonly string[]>;
}

/** Where a route leads, in the order in which backends are tried. */
export interface Backend {
  /** Site that answers. */
  readonly site: string;
  /** Service of the platform that answers; undefined when it is the notice page (503). */
  readonly service: string | undefined;
  readonly urn: string;
}

export interface Route {
  readonly urn: string;
  readonly hosts: readonly string[];
  /** Path prefixes or exact paths; `/` when the rule names none. */
  readonly paths: readonly string[];
  /** Those of `paths` that match only themselves; the others are prefixes. */
  readonly exactPaths?: readonly string[];
  /** `undefined`: any method. */
  readonly methods: readonly string[] | undefined;
  readonly priority: number | undefined;
  /** Which entry points: `public` (clients), `overlay` (the other site's proxy). */
  readonly entry: "public" | "overlay";
  readonly backends: readonly Backend[];
  /** Status codes upon which the next backend is tried; empty: none. */
  readonly failoverOn: readonly string[];
  /** The rule as written, for messages. */
  readonly rule: string;
}

export interface Proxy {
  readonly site: string;
  readonly urn: string;
  readonly replicas: Fact<number>;
  /** As a service's; absent: nothing keeps its pods apart. */
  readonly spread?: Fact<"required" | "preferred" | "none">;
  readonly spreadOver?: Fact<SpreadDomain>;
  readonly routes: readonly Route[];
  /** Of a connection for a read, and for a write, seconds. */
  readonly dialTimeout: Fact<number>;
  readonly writeDialTimeout: Fact<number>;
  /** Of reads, seconds. */
  readonly firstByteTimeout: Fact<number>;
  /** Of the answer to a write, seconds. */
  readonly writeTimeout: Fact<number>;
  readonly restart: Restart;
}

/** An authority of a zone and the address records it answers with. */
export interface NameServer {
  readonly site: string;
  readonly urn: string;
  /** `site`: pods of the site, which die with it. `provider`: a service that only goes with the whole provider. */
  readonly runsOn: "site" | "provider";
  /** Whose service it is, as `Site.provider` names it; absent where it runs on the site. */
  readonly provider?: string;
  readonly zone: string;
  readonly replicas: Fact<number>;
  readonly records: readonly AddressRecord[];
  readonly restart: Restart;
}

export interface AddressRecord {
  readonly name: string;
  readonly ttl: number;
  /** Addresses with the site each belongs to (empty: none of those that were read), and their share of the answers. An
   * address that only an `up` gives is empty. */
  readonly targets: readonly { readonly site: string; readonly address: string; readonly weight: number }[];
  /** Undefined: static, a dead site stays. `failures`: how many checks in a row must fail. */
  readonly check: { readonly interval: number; readonly timeout: number; readonly failures: number } | undefined;
  readonly source: { readonly urn: string; readonly path: string };
}

/** A volume of a service (databases' volumes belong to their store). */
export interface Volume {
  readonly name: string;
  readonly site: string;
  readonly urn: string;
  readonly storageClass: Fact<string>;
  /** The server that has it, where that was looked up; absent: any of the site's. */
  readonly server?: Fact<string>;
  /** May pods on several servers mount it at once (ReadWriteMany)? Absent: no. */
  readonly shared?: Fact<boolean>;
  /** `uploads`: users' files that must not be lost; `cache`: can be made again. */
  readonly content: Fact<"uploads" | "cache">;
  /** URL path under which its files are read, if the config says so. */
  readonly urlPath: string | undefined;
  readonly size: Fact<number>;
}

/** Something that is copied on a schedule. */
export interface Backup {
  readonly site: string;
  readonly urn: string;
  /** `archive`: continuous log; `base`: whole copy; `copy`: from one backup store to another; `restore-test`. */
  readonly kind: "archive" | "base" | "files" | "copy" | "restore-test";
  /** The cluster (`pg-aachen`), `mongo`, volume (`core-media`), or backup store that is protected, or, of a restore test, tested. */
  readonly subject: Fact<string>;
  /** Site whose data is read; of a `copy` and a `restore-test`, the backup store. */
  readonly from: Fact<string>;
  /** Name of the backup store it writes to. */
  readonly to: Fact<string>;
  /** Longest time between two runs, seconds (for an archive: until a change is safe). */
  readonly interval: Fact<number>;
}

/** Where backups lie: an S3 endpoint administered outside the cluster, or an account with a provider. */
export interface BackupStore {
  readonly name: string;
  readonly site: string;
  readonly urn: string;
  /** Of an account with a provider; such a store lies on no array (`array` is unknown and not asked for). */
  readonly redundancy?: Fact<AccountRedundancy>;
  /** The provider's region of the account; absent: the site's. */
  readonly region?: Fact<string>;
  /** The array it lies on, by server and name. */
  readonly array: Fact<{ readonly server: string; readonly array: string }>;
  /** Versions locked for this long, seconds; 0: not locked. */
  readonly lockedFor: Fact<number>;
  /** Can the cluster's own key delete or overwrite versions? */
  readonly clusterCanDelete: Fact<boolean>;
  readonly retention: Fact<number>;
}

export interface Certificate {
  readonly name: string;
  readonly site: string;
  readonly urn: string;
  readonly purpose: "postgres" | "public" | "mongo";
  readonly validity: Fact<number>;
  /** Seconds before expiry at which it is renewed; by whom. */
  readonly renewBefore: Fact<number>;
  readonly renewedBy: "cert-manager" | "pulumi up" | "nobody";
  /** Site whose name server the DNS-01 challenge depends on. */
  readonly dependsOn: readonly string[];
}

/** What NetworkPolicies allow into the gateway of a site, for the gateway's namespace and for each that may enter. */
export interface NetworkIsolation {
  readonly site: string;
  readonly namespace: string;
  /** The policy that denies by default; without one, the gateway. */
  readonly urn: string;
  /** Does a policy for all pods of the namespace allow nothing, in or out? */
  readonly defaultDeny: boolean;
  /** Component labels (or `name=value`) of this namespace's pods that the gateway's policies admit to the tunnel; `*`: anybody. */
  readonly admits: readonly string[];
}
