import type { ImageRecipe, LayerRecipe } from "./image.ts";
import * as layers from "./layer-recipes.ts";

/** Names of images that the lab itself brings in: no manifest of the plan has them. */
export const labImages = {
  pause: "registry.k8s.io/pause:3.10",
  coredns: "registry.k8s.io/coredns/coredns:v1.12.2",
  operator: "ghcr.io/cloudnative-pg/cloudnative-pg:1.27.0",
  backupPlugin: "ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.15.0",
  backupSidecar: "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.15.0",
} as const;

const debianTools = "its shell and tools are Debian's (dash, GNU), not Alpine's (BusyBox)";
const standIn = (what: string): string => `a stand-in: it stays alive, ${what}, and does none of the work`;

const olderLibraries =
  "compiled here against CloudNativePG 1.27.0, barman-cloud 0.3.3 and machinery 0.3.1, with four small edits: each failure " +
  "to fetch a WAL file counts as one that may pass; no default credentials of Azure; no further arguments for a restore";

/** Every image with a Debian trusts the authority of drills, whatever it connects to. */
const debian = (...own: readonly LayerRecipe[]): readonly LayerRecipe[] => [layers.base, ...own, layers.trust];

const platformServices = ["core", "events", "alastair", "frontend"].map((service): ImageRecipe => ({
  repository: `docker.io/aegee/${service}`,
  archive: "platform",
  layers: debian(layers.node, layers.platform),
  config: { user: "1000", entrypoint: ["node", "/app/service.js", service], folder: "/app" },
  differences: ["not the platform's own program, but a small real service that writes what it is sent to its store"],
}));

/** Every image that a planned manifest or the lab itself names. To add one, add a row. */
export const imageRecipes: readonly ImageRecipe[] = [
  {
    repository: "ghcr.io/cloudnative-pg/postgresql",
    archive: "system",
    layers: debian(layers.postgres),
    config: {
      user: "26",
      environment: {
        PATH: "/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        LANG: "en_US.utf8",
      },
      command: ["postgres"],
    },
    program: { title: "PostgreSQL", from: { kind: "package", package: "postgresql-17" } },
    differences: [
      "made of Debian's own packages, not of those of PostgreSQL's project",
      "without the just-in-time compiler, the extensions pgaudit, pgvector and pg_failover_slots, and locales but C and en_US",
      "with Debian's barman-cli-cloud, which knows of AWS only S3 and its log-in",
      "with libfaketime, which nothing loads by itself",
      "PostgreSQL's own programs are found before Debian's wrappers of the same names, each of whose starts is one of Perl too",
    ],
  },
  {
    repository: "docker.io/library/mongo",
    archive: "system",
    layers: debian(layers.mongoLibraries, layers.node, layers.mongod, layers.mongosh),
    config: { environment: { HOME: "/data/db" }, command: ["mongod"] },
    program: { title: "MongoDB", from: { kind: "tool", tool: "mongod" } },
    differences: [
      "an older major release: the newest server that a package registry has",
      "without an entry point script, mongodump and mongorestore",
      "mongosh runs on the project's Node, bundled into one file",
      "with libfaketime, which nothing loads by itself",
    ],
  },
  {
    repository: "docker.io/library/traefik",
    archive: "system",
    layers: debian(layers.traefik),
    config: { entrypoint: ["/usr/local/bin/traefik"] },
    program: { title: "Traefik", from: { kind: "tool", tool: "traefik" } },
    differences: [
      "compiled here, without its dashboard and with go-http-auth at an older commit",
      "its entry point is Traefik itself, not a script",
      debianTools,
    ],
  },
  {
    repository: "docker.io/library/haproxy",
    archive: "system",
    layers: debian(layers.haproxy),
    config: {
      user: "99",
      command: ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
      folder: "/var/lib/haproxy",
    },
    program: { title: "HAProxy", from: { kind: "package", package: "haproxy" } },
    differences: ["Debian's build of it, without an entry point script", debianTools],
  },
  {
    repository: "docker.io/linuxserver/wireguard",
    archive: "system",
    layers: debian(layers.wireguard),
    config: {},
    program: { title: "wireguard-tools", from: { kind: "package", package: "wireguard-tools" } },
    differences: [
      "with wireguard-go, which the planned script starts where the kernel has no WireGuard; the published image has none",
      "without the init system and scripts of its own",
      debianTools,
    ],
  },
  {
    repository: "docker.io/nginxinc/nginx-unprivileged",
    archive: "system",
    layers: debian(layers.nginx),
    config: { user: "101", command: ["nginx", "-g", "daemon off;"] },
    program: { title: "nginx", from: { kind: "package", package: "nginx" } },
    differences: [
      "Debian's build of it, without an entry point script and with Debian's default configuration",
      debianTools,
    ],
  },
  {
    repository: "docker.io/powerdns/pdns-auth-51",
    archive: "system",
    layers: debian(layers.powerdns),
    config: { user: "953", command: ["pdns_server"] },
    program: { title: "PowerDNS", from: { kind: "package", package: "pdns-server" } },
    differences: ["Debian's build of it, with the SQLite back end alone and without a start script"],
  },
  {
    repository: "docker.io/rclone/rclone",
    archive: "system",
    layers: debian(layers.rclone),
    config: { entrypoint: ["rclone"], folder: "/data", environment: { XDG_CONFIG_HOME: "/config" } },
    program: { title: "rclone", from: { kind: "tool", tool: "rclone" } },
    differences: ["compiled here, without mounting (no FUSE)", debianTools],
  },
  {
    repository: "docker.io/restic/restic",
    archive: "system",
    layers: debian(layers.restic),
    config: { entrypoint: ["/usr/bin/restic"] },
    program: { title: "restic", from: { kind: "tool", tool: "restic" } },
    differences: ["compiled here", debianTools],
  },
  {
    repository: "quay.io/prometheus/node-exporter",
    archive: "system",
    layers: [layers.nodeExporter],
    config: { user: "65534", entrypoint: ["/bin/node_exporter"] },
    program: { title: "node exporter", from: { kind: "tool", tool: "node-exporter" } },
    differences: ["compiled here"],
  },
  {
    repository: "docker.io/percona/percona-backup-mongodb",
    archive: "system",
    layers: debian(layers.standIn),
    config: { user: "1001", command: ["pbm-agent"] },
    differences: [standIn("refuses each command (pbm)")],
  },
  {
    repository: "docker.io/percona/mongodb_exporter",
    archive: "system",
    layers: debian(layers.standIn),
    config: { user: "65535", entrypoint: ["/mongodb_exporter"] },
    differences: [standIn("answers its probe")],
  },
  {
    repository: "registry.k8s.io/pause",
    archive: "system",
    layers: [layers.pause],
    config: { user: "65535", entrypoint: ["/pause"] },
    differences: ["a small program of this project that does the same"],
  },
  {
    repository: "registry.k8s.io/coredns/coredns",
    archive: "system",
    layers: [layers.coredns],
    config: { entrypoint: ["/coredns"] },
    program: { title: "CoreDNS", from: { kind: "tool", tool: "coredns" } },
    differences: ["compiled here with the plug-ins that a cluster's DNS uses, and no others"],
  },
  {
    repository: "ghcr.io/cloudnative-pg/cloudnative-pg",
    archive: "system",
    layers: [layers.operator],
    config: { user: "10001", entrypoint: ["/manager"] },
    program: { title: "CloudNativePG", from: { kind: "tool", tool: "cloudnative-pg" } },
    differences: ["compiled here, for this machine's architecture alone"],
  },
  {
    repository: "ghcr.io/cloudnative-pg/plugin-barman-cloud",
    archive: "system",
    layers: [layers.barmanPlugin],
    config: { user: "65532", entrypoint: ["/manager"] },
    program: { title: "plugin-barman-cloud", from: { kind: "tool", tool: "barman-cloud" } },
    differences: [olderLibraries],
  },
  {
    repository: "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar",
    archive: "system",
    layers: debian(layers.postgres, layers.barmanPlugin),
    config: { user: "26", entrypoint: ["/manager"] },
    program: { title: "plugin-barman-cloud", from: { kind: "tool", tool: "barman-cloud" } },
    differences: [
      olderLibraries,
      "with Debian's Barman and its Python, not Barman 3.20 of PyPI: S3 alone, no Azure, no Snappy",
    ],
  },
  ...platformServices,
];
