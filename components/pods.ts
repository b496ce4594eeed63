import type { core } from "@pulumi/kubernetes/types/input";
import type { SiteConfig } from "../config/schema.ts";
import { EVICT_QUICKLY, RESTRICTED_CONTAINER } from "./store-pods.ts";

/**
 * Spreads a component's pods over the servers. With one server there is nothing to spread over, and with several the
 * constraint must hold: two pods on one server would both be gone with it.
 *
 * The version's hash is part of the selector: during an update the old pods would otherwise count, and the new ones
 * could be left pending (matchLabelKeys, Kubernetes 1.27+).
 */
export function spread(
  facts: Pick<SiteConfig, "servers">,
  labels: Record<string, string>,
): core.v1.TopologySpreadConstraint[] {
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: facts.servers.length > 1 ? "DoNotSchedule" : "ScheduleAnyway",
      labelSelector: { matchLabels: labels },
      matchLabelKeys: ["pod-template-hash"],
    },
  ];
}

/** What the pods of stateless parts have in common; `user` is numeric, or the kubelet cannot tell that it is not root. */
export function statelessPod(
  facts: Pick<SiteConfig, "servers">,
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
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    tolerations: EVICT_QUICKLY.map((toleration) => ({ ...toleration })),
    topologySpreadConstraints: spread(facts, labels),
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
