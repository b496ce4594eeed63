/** One kind of item of the price table, as the user must name it there. */
export interface ItemKind {
  /** The key; `<…>` stands for what differs. */
  readonly key: string;
  readonly unit: string;
  readonly what: string;
  /** What to ask the provider's list for. */
  readonly lookUp: string;
}

/** Hours of an average month: 365 days of 24 hours, divided by 12. */
export const HOURS_PER_MONTH = (365 * 24) / 12;

/**
 * Every item that a cost line or an estimate may ask for; docs/costs.md is checked against it. Names of services, products,
 * SKUs and meters are those by which Infracost finds them in Azure's list (infracost/infracost, 21 August 2026,
 * internal/resources/azure and internal/providers/terraform/azure); those of included load balancer rules and of traffic to
 * the internet, which it does not ask for, are taken from bills and price catalogues of 2026.
 */
export const ITEM_KINDS: readonly ItemKind[] = [
  {
    key: "aks.<tier>",
    unit: "month",
    what: "a cluster's control plane, tier standard or premium (free costs nothing)",
    lookUp: "serviceName eq 'Azure Kubernetes Service'",
  },
  {
    key: "vm.<size>",
    unit: "month",
    what: "one node, Linux, pay as you go",
    lookUp: "serviceName eq 'Virtual Machines' and armSkuName eq '<size>' and priceType eq 'Consumption'",
  },
  {
    key: "disk.<sku>.<tier>",
    unit: "month",
    what: "one managed disk of a size tier (P4, E10, S20)",
    lookUp: "serviceName eq 'Storage' and contains(productName, 'Managed Disks') and skuName eq '<tier> LRS' (or ZRS)",
  },
  {
    key: "disk.<sku>",
    unit: "GiB and month",
    what: "disks without size tiers (PremiumV2_LRS, UltraSSD_LRS), the size only",
    lookUp: "serviceName eq 'Storage' and contains(productName, 'Disks')",
  },
  {
    key: "share.<sku>",
    unit: "GiB and month",
    what: "file shares of Azure Files (share.Premium_ZRS), 100 GiB each at the least",
    lookUp: "serviceName eq 'Storage' and contains(productName, 'Premium Files')",
  },
  {
    key: "address.standard",
    unit: "month",
    what: "one static public address",
    lookUp: "serviceName eq 'Virtual Network' and meterName eq 'Standard IPv4 Static Public IP'",
  },
  {
    key: "load-balancer.base",
    unit: "month",
    what: "one load balancer, with its first five rules",
    lookUp: "serviceName eq 'Load Balancer' and contains(meterName, 'Included LB Rules')",
  },
  {
    key: "load-balancer.rule",
    unit: "month",
    what: "each rule beyond the first five",
    lookUp: "serviceName eq 'Load Balancer' and contains(meterName, 'Overage LB Rules')",
  },
  {
    key: "load-balancer.data",
    unit: "GB",
    what: "data through the load balancer; used for the ceiling only",
    lookUp: "serviceName eq 'Load Balancer' and contains(meterName, 'Data Processed')",
  },
  {
    key: "egress.internet",
    unit: "GB",
    what: "data that leaves the provider; used for the ceiling only",
    lookUp: "serviceName eq 'Bandwidth' and meterName eq 'Standard Data Transfer Out'",
  },
  {
    key: "blob.<tier>.<redundancy>",
    unit: "GiB and month",
    what: "stored blobs, such as blob.hot.gzrs",
    lookUp: "productName eq 'General Block Blob v2' and skuName eq 'Hot GZRS' and contains(meterName, 'Data Stored')",
  },
  {
    key: "dns.zone",
    unit: "month",
    what: "one hosted DNS zone",
    lookUp: "serviceName eq 'Azure DNS' and contains(meterName, 'Public Zone')",
  },
  {
    key: "traffic-manager.<kind>",
    unit: "month",
    what: "the health checks of one endpoint of Traffic Manager; kind azure or external",
    lookUp: "serviceName eq 'Traffic Manager' and meterName eq '<Azure or Non-Azure> Endpoint Health Checks'",
  },
  {
    key: "traffic-manager.<kind>.fast",
    unit: "month",
    what: "what checks every 10 seconds add to that, per endpoint",
    lookUp: "serviceName eq 'Traffic Manager' and contains(meterName, 'Fast Interval Health Check Add-ons')",
  },
];

export const items = {
  aks: (tier: string): string => `aks.${tier.toLowerCase()}`,
  node: (size: string): string => `vm.${size}`,
  disk: (sku: string, tier?: string): string => (tier === undefined ? `disk.${sku}` : `disk.${sku}.${tier}`),
  share: (sku: string): string => `share.${sku}`,
  address: "address.standard",
  loadBalancer: "load-balancer.base",
  loadBalancerRule: "load-balancer.rule",
  loadBalancerData: "load-balancer.data",
  egress: "egress.internet",
  blob: (tier: string, redundancy: string): string => `blob.${tier.toLowerCase()}.${redundancy.toLowerCase()}`,
  dnsZone: "dns.zone",
  endpoint: (kind: EndpointKind): string => `traffic-manager.${kind}`,
  fastEndpoint: (kind: EndpointKind): string => `traffic-manager.${kind}.fast`,
  /** Not in the table: `servers[].monthlyCost` of the site prices it. */
  server: (name: string): string => `server.${name}`,
} as const;

export type EndpointKind = "azure" | "external";

/** The same item without redundancy over zones; `undefined` for an item that has none. */
export function withoutZoneRedundancy(item: string): string | undefined {
  if (/^(disk|share)\./.test(item) && item.includes("_ZRS")) return item.replace("_ZRS", "_LRS");
  if (!item.startsWith("blob.")) return undefined;
  if (item.endsWith(".gzrs") || item.endsWith(".ragzrs")) return item.replace("gzrs", "grs");
  return item.endsWith(".zrs") ? item.replace(/zrs$/, "lrs") : undefined;
}
