import { dirname } from "node:path";
import { ensureTools } from "../binaries/ensure.ts";

/** The programs of a site, by their paths. */
export type SitePrograms = Awaited<ReturnType<typeof findPrograms>>;

let finding: ReturnType<typeof find> | undefined;

/**
 * Builds or finds everything that a site runs. Sites that come up together share one search: it may compile.
 * @throws naming all that cannot be had.
 */
export function findPrograms(report: (line: string) => void): ReturnType<typeof find> {
  finding ??= find(report).catch((error: unknown) => {
    finding = undefined;
    throw error;
  });
  return finding;
}

async function find(report: (line: string) => void) {
  const kubernetes = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
  ] as const;
  const others = ["certificates", "cni", "containers", "iptables", "machine", "machine-parts"] as const;
  const found = await ensureTools([...kubernetes, ...others], report);
  const path = (tool: keyof typeof found, program: string = tool): string => {
    const file = found[tool][program];
    if (file === undefined) throw new Error(`the tool ${tool} has no program ${program}`);
    return file;
  };
  return {
    etcd: path("etcd"),
    "kube-apiserver": path("kube-apiserver"),
    "kube-controller-manager": path("kube-controller-manager"),
    "kube-scheduler": path("kube-scheduler"),
    kubelet: path("kubelet"),
    "kube-proxy": path("kube-proxy"),
    kubectl: path("kubectl"),
    openssl: path("certificates", "openssl"),
    containerd: path("containers", "containerd"),
    ctr: path("containers", "ctr"),
    iptables: path("iptables", "iptables"),
    cni: dirname(path("cni", "bridge")),
    mkfs: path("machine-parts", "mkfs.ext4"),
    failFileSystem: path("machine", "fail-filesystem"),
  };
}
