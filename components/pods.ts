import type { core } from "@pulumi/kubernetes/types/input";
import { HOSTNAME_KEY } from "./cluster-shape.ts";
import type { ClusterShape } from "./cluster-shape.ts";
import { EVICT_QUICKLY, RESTRICTED_CONTAINER } from "./store-pods.ts";

type Spreading = Pick<ClusterShape, "spreadOver" | "taintedNodes">;

/**
 * Spreads a component's pods over what may fail as one: zones, or the servers where there are no several zones. With one
 * of them there is nothing to spread over, and with several the constraint must hold: two pods on one server would both be
 * gone with it. Over zones the servers are a wish besides: a fourth pod in three zones has a server of its own, if it can.
 *
 * Tainted nodes count by default, as places with no pod at all: nodes of the cluster's own, which take none, would leave
 * the second pod of a server pending for ever, and a zone that is down would keep pods from starting in another. Where
 * there are nodes of its own, they are left out (nodeTaintsPolicy, stable in Kubernetes 1.33).
 *
 * The version's hash is part of the selector: during an update the old pods would otherwise count, and the new ones
 * could be left pending (matchLabelKeys, Kubernetes 1.27+).
 */
export function spread(
  { spreadOver, taintedNodes }: Spreading,
  labels: Record<string, string>,
): core.v1.TopologySpreadConstraint[] {
  const { topologyKey, domains } = spreadOver;
  const common = {
    maxSkew: 1,
    labelSelector: { matchLabels: labels },
    matchLabelKeys: ["pod-template-hash"],
    ...(taintedNodes ? { nodeTaintsPolicy: "Honor" } : {}),
  };
  const over = { ...common, topologyKey, whenUnsatisfiable: domains > 1 ? "DoNotSchedule" : "ScheduleAnyway" };
  if (topologyKey === HOSTNAME_KEY) return [over];
  return [over, { ...common, topologyKey: HOSTNAME_KEY, whenUnsatisfiable: "ScheduleAnyway" }];
}

/**
 * Pods that have to share a zone, since there are more of them than zones, are to be on servers of their own there. A
 * wish, as it may not be possible either.
 *
 * @param count how many pods there are
 */
export function apartOnServers(
  { spreadOver }: Pick<ClusterShape, "spreadOver">,
  count: number,
  matchLabels: Record<string, string>,
) {
  const { topologyKey, domains } = spreadOver;
  if (topologyKey === HOSTNAME_KEY || domains >= count) return [];
  return [{ weight: 50, podAffinityTerm: { topologyKey: HOSTNAME_KEY, labelSelector: { matchLabels } } }];
}

/** Pod Security Standard `restricted`, for what runs as one user, to whom its volumes belong. */
export function restrictedPod(user: number): core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** What the pods of stateless parts have in common; `user` is numeric, or the kubelet cannot tell that it is not root. */
export function statelessPod(
  cluster: Spreading,
  labels: Record<string, string>,
  user: number,
): Pick<
  core.v1.PodSpec,
  | "enableServiceLinks"
  | "securityContext"
  | "tolerations"
  | "topologySpreadConstraints"
  | "terminationGracePeriodSeconds"
> {
  return {
    // Service links would fill the environment with variables named after every Service.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: restrictedPod(user),
    tolerations: EVICT_QUICKLY.map((toleration) => ({ ...toleration })),
    topologySpreadConstraints: spread(cluster, labels),
  };
}

/** @param readOnlyRoot false where the image may write beside its volumes; the restricted standard does not ask for it */
export function restrictedContainer(readOnlyRoot = true): core.v1.SecurityContext {
  return { ...RESTRICTED_CONTAINER, readOnlyRootFilesystem: readOnlyRoot };
}

/** Annotations by which Prometheus finds what to scrape. */
export function scrape(port: number, path: string): Record<string, string> {
  return { "prometheus.io/scrape": "true", "prometheus.io/port": String(port), "prometheus.io/path": path };
}

/**
 * A pod that is told to end waits this long before it does: the others learn meanwhile that it takes no more requests
 * (a lifecycle's own `sleep`, Kubernetes 1.30+).
 */
export const DRAIN: core.v1.Lifecycle = { preStop: { sleep: { seconds: 5 } } };
