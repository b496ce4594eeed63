import type { ClusterShape } from "./cluster-shape.ts";
import { POSTGRES_OPERATOR_NAMESPACE } from "./network-policies.ts";
import { namespaces } from "./names.ts";

/** One pinned Helm chart. */
export interface Chart {
  /** Name of the release, frozen once released. */
  readonly release: string;
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
  readonly namespace: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Releases that must stand before this one. */
  readonly after: readonly string[];
}

/**
 * What a cluster must have before the platform's own resources mean anything to it. Versions that were supported in
 * November 2026:
 * - cloudnative-pg 0.29.1 of 2026-09-23 (github.com/cloudnative-pg/charts, releases): operator 1.30. Its predecessor
 *   1.27 ended with 1.27.4 in March 2026 (cloudnative-pg.io, release notes for 1.27).
 * - plugin-barman-cloud 0.8.1 of 2026-09-30 (same place). It needs cert-manager, and the operator's namespace.
 * - cert-manager 1.21.2 (cert-manager.io, supported releases: until 1.23 comes out; Kubernetes 1.33 to 1.36).
 * - traefik 41.3.0 (github.com/traefik/traefik-helm-chart, Chart.yaml: appVersion v3.7.11), with everything switched off
 *   but its custom resource definitions: the chart of the definitions alone ended with 1.18.0 in May 2026. Helm never
 *   changes or deletes definitions that a chart installs this way, so a later version's must be applied by hand.
 *
 * @param cluster with two nodes or more, a second operator stands ready on another one, in another zone where there are
 *   several, since no database fails over while its operator is dead
 */
export function charts({ nodes, spreadOver }: Pick<ClusterShape, "nodes" | "spreadOver">): readonly Chart[] {
  return [
    {
      release: "cert-manager",
      chart: "cert-manager",
      repository: "https://charts.jetstack.io",
      version: "v1.21.2",
      namespace: "cert-manager",
      values: {
        crds: { enabled: true, keep: true },
        // Before it asks for a certificate, cert-manager looks for the challenge itself, by default at the public address
        // of the zone's name server. That is the site's own one, which many networks do not lead back in. Resolvers
        // outside see what Let's Encrypt will see.
        dns01RecursiveNameservers: "9.9.9.9:53,1.1.1.1:53",
        dns01RecursiveNameserversOnly: true,
      },
      after: [],
    },
    {
      release: "cloudnative-pg",
      chart: "cloudnative-pg",
      repository: "https://cloudnative-pg.github.io/charts",
      version: "0.29.1",
      namespace: POSTGRES_OPERATOR_NAMESPACE,
      values: {
        replicaCount: Math.min(nodes, 2),
        crds: { create: true },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: spreadOver.topologyKey,
            // A node that is down must not keep the second operator from starting elsewhere.
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: { "app.kubernetes.io/name": "cloudnative-pg" } },
          },
        ],
      },
      after: [],
    },
    {
      release: "plugin-barman-cloud",
      chart: "plugin-barman-cloud",
      repository: "https://cloudnative-pg.github.io/charts",
      version: "0.8.1",
      namespace: POSTGRES_OPERATOR_NAMESPACE,
      values: { crds: { create: true } },
      after: ["cert-manager", "cloudnative-pg"],
    },
    {
      release: "traefik-crds",
      chart: "traefik",
      repository: "https://traefik.github.io/charts",
      version: "41.3.0",
      namespace: namespaces.platform,
      values: {
        deployment: { enabled: false },
        service: { enabled: false },
        ingressClass: { enabled: false },
        rbac: { enabled: false },
        // A name given here is taken to exist, and none is made.
        serviceAccount: { name: "default" },
      },
      after: [],
    },
  ];
}
