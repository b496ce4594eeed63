import type { types } from "@pulumi/kubernetes";
import type { PlatformConfig } from "../config/schema.ts";

/**
 * A pod leaves a node that no longer answers after 10 s instead of Kubernetes' 300 s (1.33, DefaultTolerationSeconds): a
 * volume or a name that the dead pod holds keeps its successor waiting. It comes on top of the time in which the control
 * plane notices (40-50 s), so a hiccup of the network evicts nobody.
 */
export const EVICT_QUICKLY = (["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] as const).map(
  (key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 10 }) as const,
);

/** Bytes per second that the services write at the promised load. */
export function bytesWritten(workload: PlatformConfig["workload"]): number {
  return (workload.users * workload.writesPerUserMinute * workload.kilobytesPerWrite * 1000) / 60;
}

/** What the restricted Pod Security Standard asks of a container (Kubernetes 1.33). */
export const RESTRICTED_CONTAINER: types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
