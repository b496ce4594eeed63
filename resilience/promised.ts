/** The promised load [R1-R3]; rates per user are per minute, as the requirements give them. */
export interface Workload {
  readonly users: number;
  readonly requestsPerUserMinute: number;
  readonly writesPerUserMinute: number;
  readonly firstPageBytes: number;
  readonly laterRequestBytes: number;
  /** First page loads per minute over all users: an assumption that the config states. */
  readonly firstLoadsPerMinute: number;
  /** Bytes that one write adds to the replication stream, before overhead. */
  readonly bytesPerWrite: number;
  readonly source: string;
}

/** What was promised [R4-R8]. */
export interface Promises {
  /** Longest outage of reads or writes that recovers by itself, seconds [R5]. */
  readonly outage: number;
  /** Most writes that may be lost, seconds, when up to `disks` disks fail at once [R4]. */
  readonly dataLoss: number;
  readonly disks: number;
  readonly zones: number;
  readonly claims: readonly Claim[];
}

/** What a document says that a fault does, to be confirmed or refuted. */
export interface Claim {
  readonly id: string;
  readonly title: string;
  readonly fault: string;
  /** Settled service (after automatic recovery, without a person) that is claimed, per site's clients. */
  readonly reads: "full" | "none" | "any";
  readonly writes: Readonly<Record<string, "full" | "none" | "any">>;
  /** Most data lost, seconds. */
  readonly dataLoss: number;
  /** Does the claim say that nobody notices (outage within the promise), or is recovery by a person allowed? */
  readonly recovery: "unnoticed" | "automatic" | "manual";
  readonly splitBrain?: "impossible";
  /** Site whose backup store is said to bring the data back. */
  readonly restoredFrom?: string;
  readonly source: string;
}
