import type { Tool } from "../tool.ts";

/** Custom resource definitions, and what an operator's release deploys. */
export const definitionRows = [
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
  {
    kind: "definitions",
    name: "cloudnative-pg-release",
    version: "1.27.0",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    folder: "releases",
    files: /^cnpg-1\.27\.0\.yaml$/,
    verbatim: true,
  },
  {
    // Names images of a development build: whoever applies it puts those of the release in their place.
    kind: "definitions",
    name: "barman-cloud-release",
    version: "0.15.0",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    folder: ".",
    files: /^manifest\.yaml$/,
    verbatim: true,
  },
] as const satisfies readonly Tool[];
