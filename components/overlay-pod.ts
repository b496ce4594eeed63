import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { imageOf } from "./images.ts";
import { labels, tunnelAddress } from "./names.ts";
import { CONFIG_DIRECTORY, forwardCommand, INTERFACE, KEY_DIRECTORY } from "./overlay-scripts.ts";
import { ports } from "./ports.ts";
import type { SiteContext } from "./context.ts";

type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;
type Container = k8s.types.input.core.v1.Container;

/** Name of the gateway's Deployment, ConfigMap, Services and of its component label. */
export const GATEWAY = "gateway";
export const KEY_SECRET = "gateway-key";

/**
 * Both containers are found dead or hung within 3 × 2 s + 1 s. The probes never ask the peer: to restart one's own
 * gateway because the other end is gone would mend nothing, and the back-off would delay the way back.
 */
const PROBE = { periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 3 };

/** Seconds that the pod stays bound to a node that stopped answering; Kubernetes' own default is 300. */
const LEAVE_NODE_AFTER = 10;

/**
 * The gateway's pod.
 * @param checksum of the configuration and the key: another one replaces the pod, so that both containers read them anew
 */
export function gatewayPod(context: SiteContext, checksum: pulumi.Input<string>): PodTemplate {
  return {
    metadata: {
      labels: labels(GATEWAY),
      annotations: {
        "holdfast/config-checksum": checksum,
        "prometheus.io/scrape": "true",
        "prometheus.io/port": String(ports.gateway.metrics),
        "prometheus.io/path": "/metrics",
      },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // Without the gateway replication stands still: it is the last pod to give way when a node runs out of room.
      priorityClassName: "system-cluster-critical",
      terminationGracePeriodSeconds: 5,
      tolerations: ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map((key) => ({
        key,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: LEAVE_NODE_AFTER,
      })),
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [wireguardContainer(context), forwardContainer(context)],
      volumes: [
        { name: "config", configMap: { name: GATEWAY } },
        { name: "key", secret: { secretName: KEY_SECRET, defaultMode: 0o400 } },
        { name: "run", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
        // Only wireguard-go opens it; the kernel's WireGuard needs no device. Every Linux node has the file.
        { name: "tun", hostPath: { path: "/dev/net/tun", type: "CharDevice" } },
      ],
    },
  };
}

function wireguardContainer({ platform, topology }: SiteContext): Container {
  const answers = { exec: { command: ["wg", "show", INTERFACE, "listen-port"] }, ...PROBE };
  return {
    name: "wireguard",
    image: imageOf(platform, "wireguard"),
    command: ["sh", `${CONFIG_DIRECTORY}/wireguard.sh`],
    ports: [{ name: "wireguard", containerPort: topology.overlay.port, protocol: "UDP" }],
    startupProbe: { ...answers, failureThreshold: 5 },
    // Seldom: each question starts a program, which costs a small server more than the answer, and one that ended is noticed
    // without.
    livenessProbe: { ...answers, periodSeconds: 10 },
    readinessProbe: { ...answers, periodSeconds: 10 },
    resources: { requests: { cpu: "100m", memory: "32Mi" }, limits: { cpu: "1", memory: "128Mi" } },
    securityContext: {
      // Interfaces are made by root with NET_ADMIN; nothing else of root is left.
      runAsUser: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] },
    },
    volumeMounts: [
      { name: "config", mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: "key", mountPath: KEY_DIRECTORY, readOnly: true },
      { name: "run", mountPath: "/run" },
      { name: "tun", mountPath: "/dev/net/tun" },
    ],
  };
}

function forwardContainer({ platform, topology, site }: SiteContext): Container {
  const answers = { httpGet: { path: "/healthz", port: ports.gateway.metrics }, ...PROBE };
  return {
    name: "forward",
    image: imageOf(platform, "haproxy"),
    command: [...forwardCommand(tunnelAddress(topology, site))],
    ports: [{ name: "metrics", containerPort: ports.gateway.metrics }],
    // The tunnel's address comes from the container beside it: until then this one waits, and is not restarted.
    startupProbe: { ...answers, failureThreshold: 5 },
    livenessProbe: answers,
    readinessProbe: answers,
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } },
    securityContext: {
      // The user of HAProxy's own image.
      runAsUser: 99,
      runAsGroup: 99,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "config", mountPath: CONFIG_DIRECTORY, readOnly: true }],
  };
}
