import type { Bytes, Seconds } from "./units.ts";

/** What a site is to the others. Which site plays which role is data; no component names a site. */
export type Role = "primary" | "standby";

export interface Topology {
  /** The name in `holdfast:topology`. */
  readonly name: string;
  readonly title: string;
  /** The system of the requirements that it answers: `S1`, `S3`. */
  readonly system: string;
  /** Sites in the order in which they are brought up first. */
  readonly sites: readonly TopologySite[];
  /** The site whose stack makes the keys that all sites share (CA, passwords, key file); does not move with a switchover. */
  readonly keyring: string;
  readonly postgres: PostgresPlan;
  readonly mongo: MongoPlan;
  readonly proxy: ProxyPlan;
  readonly dns: DnsPlan;
  readonly overlay: OverlayPlan;
  readonly backups: BackupPlan;
  readonly promises: PromisePlan;
}

export interface TopologySite {
  readonly name: string;
  readonly role: Role;
}

/** One cluster per site. The primary site has an instance per server (3 at the most), a standby site streams from it. */
export interface PostgresPlan {
  readonly maxInstances: Readonly<Record<Role, number>>;
  readonly database: string;
  readonly storage: Bytes;
  /** A row stays out of the archive for this long at the most. */
  readonly archiveTimeout: Seconds;
  readonly walReceiverTimeout: Seconds;
  readonly smartShutdownTimeout: Seconds;
}

/** One replica set over all sites. */
export interface MongoPlan {
  readonly members: MongoMembers;
  /** The members after a switchover, where the site that takes over is built otherwise; absent: as before, exchanged. */
  readonly exchanged?: MongoMembers;
  readonly database: string;
  readonly storage: Bytes;
  readonly electionTimeout: Seconds;
}

export type MongoMembers = Readonly<Record<Role, MongoSiteMembers>>;

/** What a site has of the replica set. `priority` and `votes` are each data member's; without a vote the priority is 0. */
export interface MongoSiteMembers {
  readonly data: number;
  readonly arbiters: number;
  readonly priority: number;
  readonly votes: 0 | 1;
}

export interface ProxyPlan {
  /** Methods that a standby site answers itself; every other goes to the primary [S1.3]. */
  readonly readMethods: readonly string[];
  /** A read is sent to the other site when the nearer one answers with one of these. */
  readonly failoverStatus: readonly string[];
  /** How long a read waits for a connection before the other site is asked. */
  readonly dialTimeout: Seconds;
  /** How long a write waits for one: nobody else may be asked, so that it may as well outlast lost packets. */
  readonly writeDialTimeout: Seconds;
  /** How long a read waits for the first byte of an answer before the other site is asked. */
  readonly firstByteTimeout: Seconds;
  /** How long a write waits for it: nobody else may be asked, and giving up early leaves the client in doubt. */
  readonly writeTimeout: Seconds;
  /** What the 503 for a write tells the client to wait. */
  readonly retryAfter: Seconds;
}

export interface DnsPlan {
  readonly ttl: Seconds;
  readonly checkInterval: Seconds;
  readonly checkTimeout: Seconds;
  /** `checked`: each site's name server answers only with live sites; `static`: a zone file, a dead site stays. */
  readonly mode: "checked" | "static";
}

export interface OverlayPlan {
  readonly port: number;
  readonly keepalive: Seconds;
  /** The tunnel's own network, one address per site. */
  readonly network: string;
}

export interface BackupPlan {
  /** Cron expression (UTC) of base backups and of the files' backups. */
  readonly daily: string;
  /** Cron expression of the copy to the other site. */
  readonly weekly: string;
  readonly restoreTest: string;
  /** How long backups are kept, at the least. */
  readonly retention: Seconds;
  /** Longest span of MongoDB's oplog that is not yet archived. */
  readonly oplogSpan: Seconds;
  /** Which site pulls a copy from which. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
}

/** What was promised [R4-R8]. @typeParam Time seconds; plain numbers once they were read from a stack */
export interface PromisePlan<Time extends number = Seconds> {
  /** Longest outage of reads or writes that recovers by itself [R5]. */
  readonly outage: Time;
  /** Most writes that may be lost when up to `disks` disks fail at once [R4]. */
  readonly dataLoss: Time;
  readonly disks: number;
  readonly zones: number;
  readonly claims: readonly ClaimPlan<Time>[];
}

/** What a document says that a fault does; `resilience/` confirms or refutes it. @typeParam Time as of {@link PromisePlan} */
export interface ClaimPlan<Time extends number = Seconds> {
  readonly id: string;
  readonly title: string;
  /** The fault expression; `zone:<site>/*`: whichever zone inside the site. */
  readonly fault: string;
  /** Settled service (after automatic recovery, without a person) that is claimed, per site's clients. */
  readonly reads: "full" | "none" | "any";
  readonly writes: Readonly<Record<string, "full" | "none" | "any">>;
  /** Most data lost. */
  readonly dataLoss: Time;
  /** Does the claim say that nobody notices (outage within the promise), or is recovery by a person allowed? */
  readonly recovery: "unnoticed" | "automatic" | "manual";
  readonly splitBrain?: "impossible";
  /** Site whose backup store is said to bring the data back. */
  readonly restoredFrom?: string;
  readonly source: string;
}
