import type { ClaimPlan, PromisePlan } from "../topologies/types.ts";

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

/** What was promised [R4-R8], in seconds. */
export type Promises = PromisePlan<number>;

/** What a document says that a fault does, to be confirmed or refuted. */
export type Claim = ClaimPlan<number>;
