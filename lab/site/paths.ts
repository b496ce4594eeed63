/** Where a cluster's programs find and keep their things in a machine; the usual places. */
export const paths = {
  /** Certificates and settings, in /etc. */
  settings: "/etc/kubernetes",
  etcd: "/var/lib/etcd",
  kubelet: "/var/lib/kubelet",
  containerd: "/var/lib/containerd",
  containerdSocket: "/run/containerd/containerd.sock",
  cni: "/etc/cni/net.d",
  cniState: "/var/lib/cni",
  podLogs: "/var/log/pods",
} as const;

/** A file among the settings, as its path in /etc (to write it) or in a machine (to read it). */
export const settingsFile = (name: string): { readonly inEtc: string; readonly path: string } => ({
  inEtc: `kubernetes/${name}`,
  path: `${paths.settings}/${name}`,
});

/** Where a server's array is mounted, and volumes that belong to no server. */
export const arrayFolder = (array: string): string => `/mnt/${array}`;
export const SHARED_FOLDER = "/mnt/shared-volumes";
