/** The operators whose objects the plan holds. */
export const definitionTools = [
  "cloudnative-pg-crds",
  "barman-cloud-crds",
  "cert-manager-crds",
  "traefik-crds",
  "prometheus-operator-crds",
] as const;

/** What the tests run, built or found before the first of them. */
export const neededTools = [
  ...definitionTools,
  "certificates",
  "etcd",
  "haproxy",
  "kube-apiserver",
  "kubectl",
  "mongod",
  "network",
  "nginx",
  "powerdns",
  "traefik",
  "wireguard",
] as const;
