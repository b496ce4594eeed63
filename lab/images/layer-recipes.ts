import type { LayerRecipe } from "./image.ts";

/** The layers that the images are made of; each is in the cache, and in a container runtime, only once. */

export const base = { kind: "base" } as const satisfies LayerRecipe;

/** The last layer of an image, so that those below stay when the authority is renewed. */
export const trust = { kind: "trust" } as const satisfies LayerRecipe;

/**
 * PostgreSQL as CloudNativePG's `system` images have it, with Barman's tools. The instance manager runs as 26, the id that
 * the operator gives its pods. Left out: the just-in-time compiler (160 MB of LLVM; PostgreSQL does without when it is not
 * there) and the descriptions of AWS services that no backup asks. Python's compiled files would hold the times of their
 * sources, which a layer does not keep: every start of Barman's tools would compile them anew, three times its work.
 */
export const postgres = {
  kind: "packages",
  name: "postgres",
  packages: ["postgresql-17", "barman-cli-cloud", "python3-boto3", "libfaketime", "locales"],
  users: ["postgres:26"],
  setup: `
    localedef -i en_US -f UTF-8 en_US.UTF-8
    rm -rf /usr/lib/postgresql/17/lib/bitcode /usr/lib/postgresql/17/lib/llvmjit* /usr/lib/*/libLLVM* /usr/lib/*/libz3* /usr/lib/llvm-*
    cd /usr/lib/python3/dist-packages/botocore/data
    find . -mindepth 1 -maxdepth 1 -type d ! -name 's3*' ! -name 'sts' ! -name 'sso*' -exec rm -rf {} +
    rm -rf /var/lib/postgresql && install -d -o 26 -g 26 -m 0777 /var/lib/postgresql /var/run/postgresql
    python3 -m compileall -q -f --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python3.*
    postgres=/usr/lib/postgresql/17/bin/postgres && $postgres --version
    barman-cloud-backup --version`,
} as const satisfies LayerRecipe;

/** What the MongoDB server of a wheel needs beside itself. */
export const mongoLibraries = {
  kind: "packages",
  name: "mongo-libraries",
  packages: ["libcurl4t64", "libssl3t64", "tzdata", "libfaketime"],
  users: ["mongodb:999"],
  setup: "install -d -o 999 -g 999 /data/db /data/configdb",
} as const satisfies LayerRecipe;

/** Node of the version that this project runs with. */
export const node = {
  kind: "files",
  name: "node",
  files: [{ to: "/usr/local/bin/node", from: { kind: "module", module: "node/bin/node" } }],
} as const satisfies LayerRecipe;

export const mongod = {
  kind: "files",
  name: "mongod",
  files: [{ to: "/usr/bin/mongod", from: { kind: "tool", tool: "mongod", program: "mongod" } }],
} as const satisfies LayerRecipe;

export const mongosh = {
  kind: "files",
  name: "mongosh",
  files: [
    {
      to: "/usr/lib/mongosh/mongosh.js",
      from: {
        kind: "npm",
        recipe: "mongosh",
        entry: "mongosh/bin/mongosh.js",
        absent: ["bindings", "ipv6-normalize", "source-map", "@babel/preset-typescript", "electron", "pac-proxy-agent"],
      },
    },
    {
      to: "/usr/bin/mongosh",
      mode: 0o755,
      from: { kind: "text", text: '#!/bin/sh\nexec /usr/local/bin/node /usr/lib/mongosh/mongosh.js "$@"\n' },
    },
  ],
} as const satisfies LayerRecipe;

export const haproxy = {
  kind: "packages",
  name: "haproxy",
  packages: ["haproxy"],
  users: [],
} as const satisfies LayerRecipe;

export const nginx = {
  kind: "packages",
  name: "nginx",
  packages: ["nginx-light"],
  users: ["nginx:101"],
  setup: "ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log",
} as const satisfies LayerRecipe;

export const powerdns = {
  kind: "packages",
  name: "powerdns",
  packages: ["pdns-server", "pdns-backend-sqlite3", "sqlite3"],
  users: ["pdns:953"],
  setup: `
    schema=$(find /usr/share -name schema.sqlite3.sql | head -n 1)
    test -n "$schema"
    install -D -m 0644 "$schema" /usr/local/share/doc/pdns/schema.sqlite3.sql`,
} as const satisfies LayerRecipe;

export const wireguard = {
  kind: "packages",
  name: "wireguard",
  packages: ["wireguard-go", "wireguard-tools", "iproute2"],
  users: [],
} as const satisfies LayerRecipe;

export const traefik = {
  kind: "files",
  name: "traefik",
  files: [{ to: "/usr/local/bin/traefik", from: { kind: "tool", tool: "traefik", program: "traefik" } }],
} as const satisfies LayerRecipe;

export const rclone = {
  kind: "files",
  name: "rclone",
  files: [{ to: "/usr/local/bin/rclone", from: { kind: "tool", tool: "rclone", program: "rclone" } }],
} as const satisfies LayerRecipe;

export const nodeExporter = {
  kind: "files",
  name: "node-exporter",
  files: [{ to: "/bin/node_exporter", from: { kind: "tool", tool: "node-exporter", program: "node_exporter" } }],
} as const satisfies LayerRecipe;

export const restic = {
  kind: "files",
  name: "restic",
  files: [{ to: "/usr/bin/restic", from: { kind: "tool", tool: "restic", program: "restic" } }],
} as const satisfies LayerRecipe;

export const standIn = {
  kind: "files",
  name: "stand-in",
  files: [
    { to: "/usr/bin/stand-in", from: { kind: "tool", tool: "stand-in", program: "stand-in" } },
    { to: "/usr/bin/pbm", from: { kind: "link", target: "stand-in" } },
    { to: "/usr/bin/pbm-agent", from: { kind: "link", target: "stand-in" } },
    { to: "/mongodb_exporter", from: { kind: "link", target: "usr/bin/stand-in" } },
  ],
} as const satisfies LayerRecipe;

export const pause = {
  kind: "files",
  name: "pause",
  files: [{ to: "/pause", from: { kind: "tool", tool: "stand-in", program: "pause" } }],
} as const satisfies LayerRecipe;

export const coredns = {
  kind: "files",
  name: "coredns",
  files: [{ to: "/coredns", from: { kind: "tool", tool: "coredns", program: "coredns" } }],
} as const satisfies LayerRecipe;

/** The operator hands the program of its own architecture to the instances, so it lies there a second time. */
export const operator = {
  kind: "files",
  name: "cloudnative-pg",
  files: [
    { to: "/operator/manager_amd64", from: { kind: "tool", tool: "cloudnative-pg", program: "manager" } },
    { to: "/manager", from: { kind: "link", target: "operator/manager_amd64" } },
  ],
} as const satisfies LayerRecipe;

export const barmanPlugin = {
  kind: "files",
  name: "barman-cloud",
  files: [{ to: "/manager", from: { kind: "tool", tool: "barman-cloud", program: "manager" } }],
} as const satisfies LayerRecipe;

/** The platform's small real services: one program, told by its argument which of them to be. */
export const platform = {
  kind: "files",
  name: "platform",
  files: [
    { to: "/app/service.js", from: { kind: "bundle", entry: "lab/platform/main.ts" } },
    { to: "/app/package.json", from: { kind: "text", text: '{ "type": "commonjs" }\n' } },
  ],
} as const satisfies LayerRecipe;
