import { REPLICATION_OVERHEAD } from "../constants.ts";
import type { Workload } from "../promised.ts";

/** The load of a workload [R1-R3], whatever its sizes. Per second. */
export interface Load {
  readonly requests: number;
  readonly writes: number;
  /** Answers to clients, bit/s. */
  readonly bits: number;
  /** What replication sends to each standby site, bit/s, with the overhead of the tunnel [N1]. */
  readonly replicationBits: number;
}

const BITS = 8;
const MINUTE = 60;

/**
 * Every request counts as a later one (`laterRequestBytes`), except the stated number of first page loads per minute,
 * which counts with `firstPageBytes` instead.
 */
export function loadOf(workload: Workload): Load {
  const requestsPerMinute = workload.users * workload.requestsPerUserMinute;
  const later = Math.max(0, requestsPerMinute - workload.firstLoadsPerMinute);
  const bytesPerMinute = later * workload.laterRequestBytes + workload.firstLoadsPerMinute * workload.firstPageBytes;
  const writes = (workload.users * workload.writesPerUserMinute) / MINUTE;
  return {
    requests: requestsPerMinute / MINUTE,
    writes,
    bits: (bytesPerMinute * BITS) / MINUTE,
    replicationBits: writes * workload.bytesPerWrite * BITS * REPLICATION_OVERHEAD.value,
  };
}
