import type { Resource, StackResources } from "../../../resilience/resource.ts";
import { object, resource, stack } from "../observe/fixture.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Invented prices, each one recognisable in a sum. */
export const PRICES = {
  currency: "EUR",
  asOf: "2026-01-15",
  source: "invented for a test",
  items: {
    "aks.standard": 70,
    "vm.Standard_D2s_v5": 80,
    "vm.Standard_D4s_v5": 160,
    "disk.Premium_LRS.P10": 20,
    "disk.Premium_LRS.P4": 6,
    "disk.Premium_ZRS.P4": 9,
    "disk.Premium_LRS.P2": 2,
    "disk.Premium_ZRS.P2": 3,
    "address.standard": 4,
    "load-balancer.base": 18,
    "load-balancer.rule": 7,
    "blob.hot.gzrs": 0.05,
    "blob.hot.grs": 0.04,
    "dns.zone": 0.5,
    "traffic-manager.external": 0.5,
    "traffic-manager.external.fast": 2,
  },
} as const;

const azure = (type: string, name: string, inputs: Fields): Resource =>
  resource("azure", `azure-native:${type}`, name, inputs);

const claim = (size: string): Fields => ({
  storageClassName: "holdfast-zrs",
  resources: { requests: { storage: size } },
});

/** The resources of a site on Azure that cost something, as the contract of the stack names them. */
export const RESOURCES: readonly Resource[] = [
  azure("resources:ResourceGroup", "zone-group", {}),
  azure("network:VirtualNetwork", "zone-network", {}),
  azure("network:PublicIPAddress", "zone-address", { publicIpAddressName: "holdfast", sku: { name: "Standard" } }),
  azure("containerservice:ManagedCluster", "zone-aks", {
    sku: { name: "Base", tier: "Standard" },
    networkProfile: { outboundType: "loadBalancer" },
    agentPoolProfiles: [
      { name: "system", mode: "System", count: 3, vmSize: "Standard_D2s_v5", osDiskType: "Managed", osDiskSizeGB: 128 },
    ],
  }),
  azure("containerservice:AgentPool", "zone-workers", {
    agentPoolName: "workers",
    mode: "User",
    enableAutoScaling: true,
    minCount: 3,
    maxCount: 6,
    vmSize: "Standard_D4s_v5",
    osDiskType: "Ephemeral",
  }),
  azure("storage:StorageAccount", "zone-backup-account", {
    accountName: "holdfastbackups",
    sku: { name: "Standard_GZRS" },
    accessTier: "Hot",
  }),
  azure("storage:BlobContainer", "zone-backup-container", {}),
  azure("dns:Zone", "dns-zone", { zoneName: "appserver.test" }),
  azure("trafficmanager:Profile", "dns-profile", {
    monitorConfig: { intervalInSeconds: 10 },
    endpoints: [
      { name: "azure", type: "Microsoft.Network/trafficManagerProfiles/externalEndpoints" },
      { name: "aachen", type: "Microsoft.Network/trafficManagerProfiles/externalEndpoints" },
    ],
  }),
  resource("azure", "kubernetes:storage.k8s.io/v1:StorageClass", "zone-storage-class", {
    metadata: { name: "holdfast-zrs" },
    provisioner: "disk.csi.azure.com",
    parameters: { skuName: "Premium_ZRS" },
  }),
  object("azure", "postgresql.cnpg.io/v1", "Cluster", "pg-azure", {
    spec: { instances: 3, storage: { size: "20Gi", storageClass: "holdfast-zrs" } },
  }),
  object("azure", "apps/v1", "StatefulSet", "mongo-azure-arbiter", {
    spec: { replicas: 1, volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim("8Gi") }] },
  }),
  object("azure", "v1", "PersistentVolumeClaim", "core-media", { spec: claim("20Gi") }),
  object("azure", "v1", "Service", "proxy", {
    metadata: {
      name: "proxy",
      namespace: "platform",
      annotations: { "service.beta.kubernetes.io/azure-pip-name": "holdfast" },
    },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }, { port: 443 }] },
  }),
  object("azure", "v1", "Service", "gateway", { spec: { type: "LoadBalancer", ports: [{ port: 51820 }] } }),
  object("azure", "v1", "Service", "nameserver", {
    spec: { type: "LoadBalancer", loadBalancerIP: "192.0.2.1", ports: [{ port: 53 }, { port: 53, protocol: "TCP" }] },
  }),
  object("azure", "v1", "Service", "inside", { spec: { type: "ClusterIP", ports: [{ port: 1 }] } }),
];

/** The site with some of its resources changed: `undefined` takes one away. */
export function azureStack(
  change: (resource: Resource) => Resource | undefined = (one) => one,
  facts: Fields = { prices: PRICES },
): StackResources {
  return stack(
    "azure",
    RESOURCES.flatMap((one) => change(one) ?? []),
    { platform: "aks", provider: "azure", ...facts },
  );
}

/** A change of one resource's inputs, by its logical name. */
export function changed(name: string, inputs: Fields): (one: Resource) => Resource {
  return (one) => (one.name === name ? { ...one, inputs: { ...one.inputs, ...inputs } } : one);
}
