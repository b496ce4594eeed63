import type { Api, KubernetesObject, WatchEvent } from "./api.ts";

interface Service extends KubernetesObject {
  readonly spec: { readonly type?: string };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

/** Gives each Service that asks for a load balancer the site's public address, as the site's own controller would. */
export async function giveAddresses(api: Api, address: string, complain: (line: string) => void): Promise<void> {
  const give = async ({ type, object }: WatchEvent<Service>): Promise<void> => {
    const { name, namespace } = object.metadata;
    const has = object.status?.loadBalancer?.ingress?.some(({ ip }) => ip === address) ?? false;
    if (type === "DELETED" || object.spec.type !== "LoadBalancer" || has) return;
    const path = `/api/v1/namespaces/${namespace}/services/${name}/status`;
    await api.patch(path, { status: { loadBalancer: { ingress: [{ ip: address }] } } });
  };
  await api.watch<Service>("/api/v1/services", give, complain);
}
