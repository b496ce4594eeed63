import { stringify } from "yaml";
import { paths, settingsFile } from "./paths.ts";
import { clusterDnsAddress } from "./spec.ts";
import type { Place, ServerSpec, SiteSpec } from "./spec.ts";

/** The image of the process that holds a pod's namespaces, under its published name. */
export const PAUSE_IMAGE = "registry.k8s.io/pause:3.10";

/** The control group of a server; its pods' groups lie inside. */
export const cgroupOf = (server: string): string => `holdfast-${server}`;

/**
 * Settings of the kernel that a kubelet insists on and would else write, to the loss of the machine that carries the
 * lab (k8s.io/kubernetes 1.36.3, pkg/kubelet/cm and pkg/util/sysctl). A server is shown that they are so.
 */
export const shownSettings: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** containerd 1.6. Scores of the out-of-memory killer stay what they are: the lab's are no better than others'. */
export function containerdConfig(cniPrograms: string): string {
  return [
    "version = 2",
    `root = "${paths.containerd}"`,
    'state = "/run/containerd"',
    "oom_score = 0",
    "[grpc]",
    `  address = "${paths.containerdSocket}"`,
    '[plugins."io.containerd.grpc.v1.cri"]',
    "  restrict_oom_score_adj = true",
    `  sandbox_image = "${PAUSE_IMAGE}"`,
    "  disable_hugetlb_controller = true",
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]',
    '  runtime_type = "io.containerd.runc.v2"',
    '[plugins."io.containerd.grpc.v1.cri".cni]',
    `  bin_dir = "${cniPrograms}"`,
    `  conf_dir = "${paths.cni}"`,
    "",
  ].join("\n");
}

/** Pods of a server are on a bridge; those of other servers are reached by routes. */
export const cniConfig = ({ pods }: Place): string =>
  JSON.stringify({
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        hairpinMode: true,
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: paths.cniState,
          ranges: [[{ subnet: pods }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });

/** How long a kubelet's lease lasts by default, seconds; it is renewed four times in that time (Kubernetes 1.36, kubelet). */
const LEASE_SECONDS = 40;

export function kubeletConfig({ net, kubeletSettings, nodeMonitor }: SiteSpec, { server }: Place): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: settingsFile("ca.crt").path },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: settingsFile("kubelet.crt").path,
    tlsPrivateKeyFile: settingsFile("kubelet.key").path,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroupOf(server.name)}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    clusterDNS: [clusterDnsAddress(net)],
    clusterDomain: "cluster.local",
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    podLogsDir: paths.podLogs,
    volumePluginDir: `${paths.kubelet}/volume-plugins`,
    // The disk is that of the machine which carries the lab, and what others have on it is not the server's matter.
    evictionHard: { "memory.available": "200Mi", "nodefs.available": "2%", "imagefs.available": "2%" },
    imageGCHighThresholdPercent: 99,
    imageGCLowThresholdPercent: 98,
    // Nothing can be pulled again.
    imageMinimumGCAge: "24h",
    ...(nodeMonitor?.grace === undefined
      ? {}
      : { nodeLeaseDurationSeconds: Math.min(LEASE_SECONDS, Math.floor(nodeMonitor.grace)) }),
    ...kubeletSettings,
  });
}

export const kubeProxyConfig = ({ net }: SiteSpec, { server }: Place): string =>
  stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clusterCIDR: net.podRange,
    hostnameOverride: server.name,
    oomScoreAdj: 0,
    clientConnection: { kubeconfig: settingsFile("kube-proxy.kubeconfig").path },
    // The limits of connections belong to the machine that carries the lab.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  });

const labelWords = (labels: ServerSpec["labels"] = {}): readonly string[] => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? [] : [`--node-labels=${pairs.join(",")}`];
};

/** The words of the programs of a server that runs pods, after their names. */
export const nodeWords = (spec: SiteSpec, { server, address }: Place) => ({
  containerd: ["--config", settingsFile("containerd.toml").path],
  kubelet: [
    `--config=${settingsFile("kubelet.yaml").path}`,
    `--kubeconfig=${settingsFile("kubelet.kubeconfig").path}`,
    `--root-dir=${paths.kubelet}`,
    `--cert-dir=${paths.kubelet}/pki`,
    `--hostname-override=${server.name}`,
    `--node-ip=${address}`,
    ...labelWords(server.labels),
    ...(spec.words?.kubelet ?? []),
  ],
  "kube-proxy": [`--config=${settingsFile("kube-proxy.yaml").path}`, ...(spec.words?.["kube-proxy"] ?? [])],
});
