import type { Authority, Identity } from "./certificates.ts";
import { kubeconfig } from "./certificates.ts";
import { API_PORT, apiServerNames } from "./control-plane.ts";
import { cniConfig, containerdConfig, kubeProxyConfig, kubeletConfig } from "./node-config.ts";
import { settingsFile } from "./paths.ts";
import type { Place, SiteSpec } from "./spec.ts";

/** Files of /etc, by their paths in it. */
export type EtcFiles = Readonly<Record<string, string>>;

/** The users that a cluster's programs are, as Kubernetes' built-in roles name them. */
const users = {
  administrator: { commonName: "administrator", organisation: "system:masters" },
  "controller-manager": { commonName: "system:kube-controller-manager" },
  scheduler: { commonName: "system:kube-scheduler" },
  "kube-proxy": { commonName: "system:kube-proxy" },
} as const;

const file = (name: string): string => settingsFile(name).inEtc;

const pair = (name: string, { certificate, key }: Identity): EtcFiles => ({
  [file(`${name}.crt`)]: certificate,
  [file(`${name}.key`)]: key,
});

/** What a server's /etc holds of the cluster: certificates, and the settings of the programs that it runs. */
export async function clusterSettings(
  spec: SiteSpec,
  place: Place,
  master: Place,
  authority: Authority,
  cniPrograms: string,
): Promise<EtcFiles> {
  const { server, address } = place;
  const url = `https://${master.address}:${API_PORT}`;
  const ca = authority.own.certificate;
  const login = async (user: keyof typeof users): Promise<EtcFiles> => {
    const identity = await authority.issue(user, users[user]);
    return { ...pair(user, identity), [file(`${user}.kubeconfig`)]: kubeconfig(url, ca, identity) };
  };
  const settings: Record<string, string> = { [file("ca.crt")]: ca };
  if (server.controlPlane === true) {
    const names = apiServerNames(spec, address);
    const apiServer = await authority.issue("api-server", { commonName: "kube-apiserver", alternatives: names });
    Object.assign(settings, pair("ca", authority.own), pair("api-server", apiServer));
    Object.assign(settings, await login("administrator"), await login("controller-manager"), await login("scheduler"));
    settings[file("accounts.key")] = authority.accounts.key;
    settings[file("accounts.pub")] = authority.accounts.publicKey;
  }
  if (server.pods !== false) {
    const node = await authority.issue(`kubelet-${server.name}`, {
      commonName: `system:node:${server.name}`,
      organisation: "system:nodes",
      alternatives: [`DNS:${server.name}`, `IP:${address}`],
    });
    Object.assign(settings, pair("kubelet", node), await login("kube-proxy"));
    settings[file("kubelet.kubeconfig")] = kubeconfig(url, ca, node);
    settings[file("kubelet.yaml")] = kubeletConfig(spec, place);
    settings[file("kube-proxy.yaml")] = kubeProxyConfig(spec, place);
    settings[file("containerd.toml")] = containerdConfig(cniPrograms);
    settings["cni/net.d/10-pods.conflist"] = cniConfig(place);
  }
  return settings;
}
