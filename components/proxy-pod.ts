import type { core } from "@pulumi/kubernetes/types/input";
import type { SiteContext } from "./context.ts";
import { imageOf } from "./images.ts";
import { DRAIN, restrictedContainer, scrape, statelessPod } from "./pods.ts";
import { ports } from "./ports.ts";
import { proxyArguments, proxyPorts } from "./proxy-config.ts";

/** Any but root; Traefik's image has no user of its own, and its ports are unprivileged ones. */
const PROXY_USER = 65_532;

/** Traefik answers its ping with 503 while it drains, so a pod that ends is not ready any more. */
const PING = { httpGet: { path: "/ping", port: ports.proxy.metrics }, timeoutSeconds: 1, successThreshold: 1 };

/** The proxy's pod. It is found hung within 5 × 3 + 1 s, and takes no more requests within 2 × 2 + 1 s. */
export function proxyPod(context: SiteContext, labels: Record<string, string>): core.v1.PodTemplateSpec {
  return {
    metadata: { labels, annotations: scrape(ports.proxy.metrics, "/metrics") },
    spec: {
      ...statelessPod(context.cluster, labels, PROXY_USER),
      serviceAccountName: "proxy",
      containers: [
        {
          name: "traefik",
          image: imageOf(context.platform, "traefik"),
          args: [...proxyArguments(context)],
          ports: Object.entries(proxyPorts(context)).map(([name, containerPort]) => ({ name, containerPort })),
          resources: { requests: { cpu: "250m", memory: "128Mi" }, limits: { cpu: "2", memory: "512Mi" } },
          // Traefik starts within a second or two and needs nobody for it: what has not is better started anew.
          startupProbe: { ...PING, periodSeconds: 1, failureThreshold: 10 },
          readinessProbe: { ...PING, periodSeconds: 2, failureThreshold: 2 },
          livenessProbe: { ...PING, periodSeconds: 5, failureThreshold: 3 },
          lifecycle: DRAIN,
          securityContext: restrictedContainer(),
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
    },
  };
}
