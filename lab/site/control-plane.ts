import { apiServerAddress, clusterDnsAddress } from "./spec.ts";
import type { SiteSpec, TunedProgram } from "./spec.ts";
import { paths, settingsFile } from "./paths.ts";

const ETCD = "http://127.0.0.1:2379";
const ETCD_PEERS = "http://127.0.0.1:2380";
export const API_PORT = 6443;

const file = (name: string): string => settingsFile(name).path;

export type ControlPlaneProgram = Exclude<TunedProgram, "kubelet" | "kube-proxy">;

/** Names by which clients know an API server. */
export const apiServerNames = ({ net }: SiteSpec, address: string): readonly string[] => [
  ...[
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "localhost",
  ].map((name) => `DNS:${name}`),
  ...["127.0.0.1", address, apiServerAddress(net)].map((one) => `IP:${one}`),
];

/** The words of each program of a control plane, after its name. */
export function controlPlaneWords(
  spec: SiteSpec,
  address: string,
): Readonly<Record<ControlPlaneProgram, readonly string[]>> {
  const more = (program: ControlPlaneProgram): readonly string[] => spec.words?.[program] ?? [];
  /** Asks the API server, and lets it judge who may ask the program itself. */
  const asks = (user: string): readonly string[] =>
    ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].map(
      (flag) => `--${flag}=${file(`${user}.kubeconfig`)}`,
    );
  const { grace, period } = spec.nodeMonitor ?? {};
  // There is one of each: nobody to elect, and no lease to wait for after a restart.
  const alone = ["--leader-elect=false", "--bind-address=127.0.0.1"];
  return {
    etcd: [
      `--data-dir=${paths.etcd}`,
      `--listen-client-urls=${ETCD}`,
      `--advertise-client-urls=${ETCD}`,
      `--listen-peer-urls=${ETCD_PEERS}`,
      `--initial-advertise-peer-urls=${ETCD_PEERS}`,
      `--initial-cluster=default=${ETCD_PEERS}`,
      "--log-level=warn",
      ...more("etcd"),
    ],
    "kube-apiserver": [
      `--advertise-address=${address}`,
      `--secure-port=${API_PORT}`,
      `--etcd-servers=${ETCD}`,
      `--service-cluster-ip-range=${spec.net.serviceRange}`,
      `--tls-cert-file=${file("api-server.crt")}`,
      `--tls-private-key-file=${file("api-server.key")}`,
      `--client-ca-file=${file("ca.crt")}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${file("accounts.pub")}`,
      `--service-account-signing-key-file=${file("accounts.key")}`,
      `--kubelet-client-certificate=${file("administrator.crt")}`,
      `--kubelet-client-key=${file("administrator.key")}`,
      `--kubelet-certificate-authority=${file("ca.crt")}`,
      // Servers' names are in no DNS.
      "--kubelet-preferred-address-types=InternalIP",
      "--allow-privileged=true",
      // Where no kube-proxy runs beside it, a Service's own address leads nowhere.
      ...(spec.servers.some(({ controlPlane, pods }) => controlPlane === true && pods === false)
        ? ["--enable-aggregator-routing=true"]
        : []),
      ...more("kube-apiserver"),
    ],
    "kube-controller-manager": [
      ...asks("controller-manager"),
      ...alone,
      `--root-ca-file=${file("ca.crt")}`,
      `--service-account-private-key-file=${file("accounts.key")}`,
      `--cluster-signing-cert-file=${file("ca.crt")}`,
      `--cluster-signing-key-file=${file("ca.key")}`,
      "--use-service-account-credentials=true",
      ...(grace === undefined ? [] : [`--node-monitor-grace-period=${grace}s`]),
      ...(period === undefined ? [] : [`--node-monitor-period=${period}s`]),
      ...more("kube-controller-manager"),
    ],
    "kube-scheduler": [...asks("scheduler"), ...alone, ...more("kube-scheduler")],
  };
}

/** The image of the cluster's DNS, under its published name. */
export const COREDNS_IMAGE = "registry.k8s.io/coredns/coredns:v1.12.2";

/** The cluster's DNS: names of the cluster, and everything else from the resolver outside. */
export function clusterDns({ net, resolver, servers }: SiteSpec): readonly unknown[] {
  const metadata = { name: "coredns", namespace: "kube-system" };
  const account = { kind: "ServiceAccount", ...metadata };
  const labels = { "k8s-app": "kube-dns" };
  const read = ["list", "watch"];
  const corefile = [
    ".:53 {",
    "  errors",
    "  health :8080",
    "  ready :8181",
    "  kubernetes cluster.local in-addr.arpa {",
    "    pods insecure",
    "    ttl 5",
    "  }",
    `  forward . ${resolver}`,
    "  cache 5",
    "}",
    "",
  ].join("\n");
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "coredns" },
      rules: [
        { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: read },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "coredns" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "coredns" },
      subjects: [account],
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: corefile } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        // With one, a dead server could take the names of the whole site with it.
        replicas: Math.min(2, servers.filter(({ pods = true }) => pods).length),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "coredns",
            dnsPolicy: "Default",
            priorityClassName: "system-cluster-critical",
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: labels },
              },
            ],
            containers: [
              {
                name: "coredns",
                image: COREDNS_IMAGE,
                imagePullPolicy: "Never",
                args: ["-conf", "/etc/coredns/Corefile"],
                volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
                readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
                resources: { requests: { cpu: "20m", memory: "30Mi" } },
              },
            ],
            volumes: [{ name: "config", configMap: { name: "coredns" } }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace: "kube-system" },
      spec: {
        clusterIP: clusterDnsAddress(net),
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
  ];
}
