import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import { labels, namespaces } from "./names.ts";
import { NOTICE_NAME, noticeFiles } from "./notice-page.ts";
import { DRAIN, restrictedContainer, statelessPod } from "./pods.ts";
import { ports } from "./ports.ts";

/** The user of nginx' unprivileged image. */
const NGINX_USER = 101;

/** Declares the server of the notice pages, as children of the proxy: nothing else asks it. */
export function declareNotice(name: string, context: SiteContext, parent: pulumi.Resource): void {
  const child = { parent };
  const podLabels = labels(NOTICE_NAME);
  const metadata = { name: NOTICE_NAME, namespace: namespaces.platform, labels: podLabels };
  const data = { ...noticeFiles(context.topology.proxy.retryAfter) };
  const config = new k8s.core.v1.ConfigMap(`${name}-notice-config`, { metadata, data }, child);
  const answers = { httpGet: { path: "/healthz", port: ports.notice.http }, timeoutSeconds: 1, failureThreshold: 3 };
  new k8s.apps.v1.Deployment(
    `${name}-notice`,
    {
      metadata,
      spec: {
        // When it is asked, something else is broken already.
        replicas: 2,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: podLabels },
        template: {
          metadata: {
            labels: podLabels,
            annotations: {
              "holdfast/config-checksum": createHash("sha256").update(JSON.stringify(data)).digest("hex"),
            },
          },
          spec: {
            ...statelessPod(context.cluster, podLabels, NGINX_USER),
            automountServiceAccountToken: false,
            containers: [
              {
                name: NOTICE_NAME,
                image: imageOf(context.platform, "notice"),
                command: ["nginx", "-c", "/etc/notice/nginx.conf", "-g", "daemon off;"],
                ports: [{ name: "http", containerPort: ports.notice.http }],
                resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
                readinessProbe: { ...answers, periodSeconds: 2 },
                livenessProbe: { ...answers, periodSeconds: 10 },
                lifecycle: DRAIN,
                securityContext: restrictedContainer(),
                volumeMounts: [
                  { name: "config", mountPath: "/etc/notice", readOnly: true },
                  { name: "tmp", mountPath: "/tmp" },
                ],
              },
            ],
            volumes: [
              { name: "config", configMap: { name: NOTICE_NAME } },
              { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
            ],
          },
        },
      },
    },
    { ...child, dependsOn: [config] },
  );
  new k8s.core.v1.Service(
    `${name}-notice-service`,
    { metadata, spec: { selector: podLabels, ports: [{ name: "http", port: ports.notice.http }] } },
    child,
  );
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-notice-budget`,
    { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: podLabels } } },
    child,
  );
}
