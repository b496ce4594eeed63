import type { PlatformConfig } from "../config/schema.ts";

/** Images of the platform's own parts, pinned; `holdfast:images` in the config replaces any of them by its name here. */
const defaults = {
  traefik: "docker.io/library/traefik:v3.7.11",
  postgres: "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
  mongod: "docker.io/library/mongo:7.0.24",
  pbm: "docker.io/percona/percona-backup-mongodb:2.16.0",
  mongoExporter: "docker.io/percona/mongodb_exporter:0.44.0",
  nodeExporter: "quay.io/prometheus/node-exporter:v1.12.1",
  restic: "docker.io/restic/restic:0.19.1",
  rclone: "docker.io/rclone/rclone:1.75.1",
  notice: "docker.io/nginxinc/nginx-unprivileged:1.30.5-alpine",
  nameserver: "docker.io/powerdns/pdns-auth-51:5.1.4",
  // Alpine's wireguard-tools and iproute2, without wireguard-go: the node's kernel brings WireGuard.
  wireguard: "docker.io/linuxserver/wireguard:1.0.20260223-r0-ls124",
  haproxy: "docker.io/library/haproxy:3.2.23-alpine",
} as const satisfies Record<string, string>;

export type ImageName = keyof typeof defaults;

/** Throws nothing: every name has a default. */
export function imageOf(platform: PlatformConfig, name: ImageName): string {
  return platform.images[name] ?? defaults[name];
}
