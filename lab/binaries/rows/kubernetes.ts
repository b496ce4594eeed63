import type { Tool } from "../tool.ts";

const kubernetes = "1.36.3";
const kubernetesVersion = (variable: string, value: string): string =>
  `k8s.io/component-base/version.${variable}=${value}`;
const serverVersion = [
  kubernetesVersion("gitVersion", `v${kubernetes}`),
  kubernetesVersion("gitMajor", "1"),
  kubernetesVersion("gitMinor", "36"),
];

/**
 * A cluster's own programs. Kubernetes' are rows of their own, so that a run builds only those it needs; they share one
 * build cache.
 */
export const kubernetesRows = [
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
    linkerVariables: serverVersion,
  },
  {
    kind: "go",
    name: "kube-controller-manager",
    version: kubernetes,
    recipe: "kubernetes",
    mains: { "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager" },
    linkerVariables: serverVersion,
  },
  {
    kind: "go",
    name: "kube-scheduler",
    version: kubernetes,
    recipe: "kubernetes",
    mains: { "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler" },
    linkerVariables: serverVersion,
  },
  {
    kind: "go",
    name: "kubelet",
    version: kubernetes,
    recipe: "kubernetes",
    mains: { kubelet: "k8s.io/kubernetes/cmd/kubelet" },
    linkerVariables: serverVersion,
  },
  {
    kind: "go",
    name: "kube-proxy",
    version: kubernetes,
    recipe: "kubernetes",
    mains: { "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy" },
    linkerVariables: serverVersion,
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
    name: "coredns",
    version: "1.12.2",
    recipe: "coredns",
    mains: { coredns: "." },
    linkerVariables: [],
  },
  {
    kind: "go",
    name: "cloudnative-pg",
    version: "1.27.0",
    recipe: "cloudnative-pg",
    mains: { manager: "github.com/cloudnative-pg/cloudnative-pg/cmd/manager" },
    linkerVariables: [],
  },
  {
    kind: "go",
    name: "barman-cloud",
    version: "0.15.0",
    recipe: "barman-cloud",
    source: "github.com/cloudnative-pg/plugin-barman-cloud@v0.15.0",
    mains: { manager: "github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager" },
    linkerVariables: [],
  },
] as const satisfies readonly Tool[];
