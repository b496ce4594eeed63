/**
 * Ports on which the platform's own pods listen: their containers, probes, Services (target ports), NetworkPolicies and
 * the overlay's gateway must agree on them. All are above 1023, because no pod may bind a privileged one.
 */
export const ports = {
  proxy: {
    /** Plain HTTP, only to redirect; published as 80. */
    web: 8080,
    /** TLS, for clients; published as 443. */
    websecure: 8443,
    /** The other sites' proxies, through the tunnel. */
    overlay: 9000,
    metrics: 9100,
  },
  notice: { http: 8080 },
  /** `status` and `metrics` are the instance manager's (CloudNativePG 1.30). */
  postgres: { sql: 5432, status: 8000, metrics: 9187 },
  mongo: { wire: 27_017, metrics: 9216 },
  /** DNS is published as 53, UDP and TCP. */
  nameserver: { dns: 5353, metrics: 8081 },
  nodeExporter: { metrics: 9100 },
  gateway: { metrics: 8404, health: 19_999 },
} as const;
