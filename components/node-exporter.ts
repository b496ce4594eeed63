import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import { MONITORING_NAMESPACE, NODE_EXPORTER } from "./monitoring-names.ts";
import { labels } from "./names.ts";
import { ports } from "./ports.ts";
import { RESTRICTED_CONTAINER } from "./store-pods.ts";

/** Nobody (of node exporter's own image, too). */
const USER = 65_534;

/** What the alerts rest on, and `uname`, which every Linux has: its silence shows that the exporter is gone. */
const COLLECTORS = ["mdadm", "zfs", "uname"];

/**
 * Declares node exporter on every server, to tell when an array has lost a disk. The chart's own mounts the server's
 * /proc, /sys and root directory, which only the standard `privileged` admits. Arrays need nothing of that: the kernel
 * shows all of a server's in every container, in /proc/mdstat and /proc/spl, which belong to no namespace and are not
 * among the paths that container runtimes mask (containerd 2.4, pkg/oci, default masked paths).
 */
export function declareNodeExporter(name: string, context: SiteContext, parent: pulumi.Resource): void {
  const podLabels = labels(NODE_EXPORTER);
  const answers = { httpGet: { path: "/", port: ports.nodeExporter.metrics }, timeoutSeconds: 1, failureThreshold: 3 };
  new k8s.apps.v1.DaemonSet(
    `${name}-node-exporter`,
    {
      metadata: { name: NODE_EXPORTER, namespace: MONITORING_NAMESPACE, labels: podLabels },
      spec: {
        selector: { matchLabels: podLabels },
        template: {
          metadata: {
            labels: podLabels,
            annotations: {
              "prometheus.io/scrape": "true",
              "prometheus.io/port": String(ports.nodeExporter.metrics),
              "prometheus.io/path": "/metrics",
            },
          },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            // Disks fail in servers that take no other pods, too.
            tolerations: [{ operator: "Exists" }],
            securityContext: {
              runAsNonRoot: true,
              runAsUser: USER,
              runAsGroup: USER,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: NODE_EXPORTER,
                image: imageOf(context.platform, "nodeExporter"),
                args: [
                  `--web.listen-address=:${ports.nodeExporter.metrics}`,
                  "--collector.disable-defaults",
                  ...COLLECTORS.map((collector) => `--collector.${collector}`),
                ],
                ports: [{ name: "metrics", containerPort: ports.nodeExporter.metrics }],
                resources: { requests: { cpu: "10m", memory: "24Mi" }, limits: { memory: "96Mi" } },
                readinessProbe: { ...answers, periodSeconds: 10 },
                livenessProbe: { ...answers, periodSeconds: 10 },
                securityContext: RESTRICTED_CONTAINER,
              },
            ],
          },
        },
      },
    },
    { parent },
  );
}
