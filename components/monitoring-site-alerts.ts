import { hasOtherSites } from "./context.ts";
import type { SiteContext } from "./context.ts";
import type { Alert, OwnCertificate } from "./monitoring-alerts.ts";
import { SCRAPE_JOB } from "./monitoring-names.ts";
import { namespaces } from "./names.ts";

const platform = `namespace="${namespaces.platform}"`;
/** cert-manager renews 30 days before the end (`certificateSpec`); ten days later it has failed for good. */
const PUBLIC_CERTIFICATE_LEFT = 20 * 86_400;
/** An `up` renews from a year before the end on (`LEAF_VALIDITY`): with 90 days left nobody has run one for months. */
const OWN_CERTIFICATE_LEFT = 90 * 86_400;

/** Traefik 3.7, HAProxy 3.2, PowerDNS 5.1 by its Deployment, cert-manager 1.21. */
export function siteAlerts(context: SiteContext, ownCertificates: readonly OwnCertificate[]): readonly Alert[] {
  const requests = (code: string): string =>
    `sum(rate(traefik_entrypoint_requests_total{${platform},entrypoint="websecure"${code}}[5m]))`;
  return [
    {
      alert: "ProxyErrors",
      promise: "R5",
      severity: "critical",
      expr: `${requests(',code=~"5.."')} / ${requests("")} > 0.05`,
      for: "2m",
      summary: "{{ $value | humanizePercentage }} of the requests get an error of the platform's own",
      runbook:
        "kubectl -n platform get pods; kubectl -n platform logs deploy/proxy; writes at a standby site get 503 while the primary is away, by design.",
    },
    down("ProxyDown", "R5", namespaces.platform, "proxy", "visitors of this site go to the other one"),
    down(
      "NameServerDown",
      "R8",
      namespaces.platform,
      "nameserver",
      "its answers, or the challenges of certificates, are missing",
    ),
    ...(hasOtherSites(context) ? tunnelAlerts(context) : []),
    {
      alert: "CertificateNotRenewed",
      promise: "R8",
      severity: "critical",
      // The scraped pod's namespace is cert-manager's own; the certificate's comes as `exported_namespace`.
      expr: `certmanager_certificate_expiration_timestamp_seconds{exported_namespace="${namespaces.platform}"} - time() < ${PUBLIC_CERTIFICATE_LEFT}`,
      for: "1h",
      summary: "certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }} and was not renewed",
      runbook:
        "kubectl -n platform describe certificate {{ $labels.name }}; challenges are taken by the keyring site's name server (docs/dns.md): does it answer from outside?",
    },
    ...ownCertificates.map(({ name, end }): Alert => ({
      alert: "OwnCertificateEnds",
      promise: "R8",
      severity: "critical",
      // No exporter reads it: its end is written here by each `up`, which also makes it anew.
      expr: end.apply((text) => `vector(${secondsOf(text)}) - time() < ${OWN_CERTIFICATE_LEFT}`),
      for: "1h",
      summary: `the certificate ${name} ends in {{ $value | humanizeDuration }}; then databases refuse each other`,
      runbook: `pulumi up -s ${context.site}`,
    })),
    {
      alert: "TargetDown",
      promise: "R8",
      severity: "warning",
      expr: `up{job="${SCRAPE_JOB}"} == 0`,
      for: "5m",
      summary: "{{ $labels.pod }} of {{ $labels.namespace }} gives no metrics: nothing would tell that it fails",
      runbook: "kubectl -n {{ $labels.namespace }} describe pod {{ $labels.pod }}",
    },
    ...SILENCES.map(({ alert, metric, of }): Alert => ({
      alert,
      promise: "R8",
      severity: "critical",
      expr: `absent(${metric})`,
      for: "10m",
      summary: `no metrics of ${of}: the alerts that rest on them are blind`,
      runbook: `kubectl -n monitoring get pods; is ${of} running, annotated and let through by the NetworkPolicies?`,
    })),
  ];
}

/** One metric of each exporter that every site has: without it the alerts that rest on it could never fire. */
const SILENCES = [
  { alert: "NoPostgresMetrics", metric: `cnpg_pg_replication_lag{${platform}}`, of: "PostgreSQL" },
  { alert: "NoMongoMetrics", metric: `mongodb_members_state{${platform}}`, of: "MongoDB" },
  { alert: "NoProxyMetrics", metric: `traefik_entrypoint_requests_total{${platform}}`, of: "the proxy" },
  { alert: "NoClusterMetrics", metric: "kube_cronjob_created", of: "kube-state-metrics" },
  { alert: "NoNodeMetrics", metric: "node_uname_info", of: "the node exporter" },
  {
    alert: "NoCertificateMetrics",
    metric: `certmanager_certificate_expiration_timestamp_seconds{exported_namespace="${namespaces.platform}"}`,
    of: "cert-manager",
  },
  { alert: "NoVolumeMetrics", metric: `kubelet_volume_stats_available_bytes{${platform}}`, of: "the kubelet" },
] as const;

function tunnelAlerts({ site, topology }: SiteContext): readonly Alert[] {
  const others = topology.sites.map(({ name }) => name).filter((name) => name !== site);
  return [
    down("GatewayDown", "R7", namespaces.overlay, "gateway", "replication and fail-over of reads stand still"),
    ...others.map((other): Alert => ({
      alert: "TunnelDown",
      promise: "R7",
      severity: "critical",
      expr: `haproxy_backend_active_servers{namespace="${namespaces.overlay}",proxy="peer-${other}"} == 0`,
      for: "1m",
      summary: `the gateway of ${other} does not answer through the tunnel: either site is alone`,
      runbook: `Is ${other} alive (its own alerts, its address)? kubectl -n overlay exec deploy/gateway -c wireguard -- wg show`,
    })),
  ];
}

function down(alert: string, promise: Alert["promise"], space: string, deployment: string, consequence: string): Alert {
  return {
    alert,
    promise,
    severity: "critical",
    expr: `kube_deployment_status_replicas_available{namespace="${space}",deployment="${deployment}"} == 0`,
    for: "1m",
    summary: `no pod of ${deployment} is ready: ${consequence}`,
    runbook: `kubectl -n ${space} describe deploy ${deployment}; kubectl -n ${space} get events`,
  };
}

function secondsOf(text: string): number {
  const end = Date.parse(text);
  if (Number.isNaN(end)) throw new Error(`${JSON.stringify(text)} is no date at which a certificate could end`);
  return Math.floor(end / 1000);
}
