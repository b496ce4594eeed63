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
  readonly members: Readonly<
    Record<Role, { readonly data: number; readonly arbiters: number; readonly priority: number }>
  >;
  readonly database: string;
  readonly storage: Bytes;
  readonly electionTimeout: Seconds;
}

export interface ProxyPlan {
  /** Methods that a standby site answers itself; every other goes to the primary [S1.3]. */
  readonly readMethods: readonly string[];
  /** A read is sent to the other site when the nearer one answers with one of these. */
  readonly failoverStatus: readonly string[];
  readonly dialTimeout: Seconds;
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

export interface PromisePlan {
  /** Longest outage that is tolerated when recovery is automatic [R5]. */
  readonly outage: Seconds;
  /** Most writes lost when `disks` disks fail at once [R4]. */
  readonly dataLoss: Seconds;
  readonly disks: number;
  readonly zones: number;
  readonly claims: readonly ClaimPlan[];
}

/** A claim of the document that describes the system; `resilience/` confirms or refutes it. */
export interface ClaimPlan {
  readonly id: string;
  readonly title: string;
  /** The fault expression. */
  readonly fault: string;
  readonly reads: "full" | "none" | "any";
  readonly writes: Readonly<Record<string, "full" | "none" | "any">>;
  readonly dataLoss: Seconds;
  readonly recovery: "unnoticed" | "automatic" | "manual";
  readonly splitBrain?: "impossible";
  /** Site whose backup store is said to bring the data back. */
  readonly restoredFrom?: string;
  readonly source: string;
}

/** The load that the platform is promised to carry [R1-R3]. */
export interface WorkloadPlan {
  readonly users: number;
  readonly requestsPerUserMinute: number;
  readonly writesPerUserMinute: number;
  readonly firstPage: Bytes;
  readonly laterRequest: Bytes;
  readonly firstLoadsPerMinute: number;
  readonly bytesPerWrite: Bytes;
}
