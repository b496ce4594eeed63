import { loadOf } from "../capacity/load.ts";
import type { CapacityOutcome } from "../outcome.ts";
import { valueOf } from "../fact.ts";
import { orDefault } from "../observe/field.ts";
import { ofAzureType, times, wanted } from "./draft.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { HOURS_PER_MONTH, items } from "./items.ts";
import type { PriceTable } from "./prices.ts";

/**
 * Rules that the price of a load balancer includes. The meters `Standard Included LB Rules and Outbound Rules` and `Standard
 * Overage LB Rules and Outbound Rules` exist (Azure Retail Prices); that five are included is said by catalogues of 2026 that
 * cite Microsoft's pricing page, and was not verified against that page itself.
 */
const INCLUDED_RULES = 5;
/** Annotations by which a Service of AKS takes an address that exists (cloud-provider-azure, docs of `azure-pip-name`). */
const OWN_ADDRESS = [
  "service.beta.kubernetes.io/azure-pip-name",
  "service.beta.kubernetes.io/azure-load-balancer-ipv4",
  "service.beta.kubernetes.io/azure-load-balancer-ip",
];

/** Public addresses, and the load balancer that AKS makes for Services of type LoadBalancer. */
export function networkCost(view: SiteView): Found {
  const unknown: string[] = [];
  const lines: Draft[] = ofAzureType(view, "network:PublicIPAddress").map(({ urn, inputs, name }) => ({
    site: view.site,
    what: `public address ${valueOf(inputs.get("publicIpAddressName").text()) ?? name}`,
    item: items.address,
    quantity: 1,
    unit: "month",
    urns: [urn],
    serves: [],
  }));
  const clusters = ofAzureType(view, "containerservice:ManagedCluster");
  if (clusters.length === 0) return { lines, unknown };
  const services = view.declarations
    .ofKind("/Service", view.site)
    .filter(({ inputs }) => valueOf(inputs.get("spec", "type").text()) === "LoadBalancer");
  for (const { urn, name, inputs } of services) {
    const taken = OWN_ADDRESS.some((annotation) => !inputs.get("metadata", "annotations", annotation).absent);
    if (!taken && inputs.get("spec", "loadBalancerIP").absent)
      lines.push({
        site: view.site,
        what: `public address that AKS makes for Service ${name}`,
        item: items.address,
        quantity: 1,
        unit: "month",
        urns: [urn],
        serves: [],
      });
  }
  let rules = services.reduce((sum, { inputs }) => sum + inputs.get("spec", "ports").items().length, 0);
  for (const { urn, inputs } of clusters) {
    const profile = inputs.get("networkProfile");
    const type = profile.get("outboundType");
    // `loadBalancer` is what AKS takes when nothing is said (ContainerServiceNetworkProfile, 2025-08-01).
    const outbound = wanted(orDefault(type, type.text(), "loadBalancer"), view.site, "the way out", unknown);
    if (outbound === undefined) continue;
    if (outbound !== "loadBalancer") {
      unknown.push(`${view.site}: what the way out by ${outbound} costs`);
      continue;
    }
    rules += 1;
    const balancer = profile.get("loadBalancerProfile");
    if (!balancer.get("outboundIPs").absent || !balancer.get("outboundIPPrefixes").absent) continue;
    const count = balancer.get("managedOutboundIPs", "count");
    const addresses = wanted(orDefault(count, count.number(), 1), view.site, "addresses of the way out", unknown);
    if (addresses !== undefined && addresses > 0)
      lines.push({
        site: view.site,
        what: `${times(addresses, "public address")} that AKS makes for the way out`,
        item: items.address,
        quantity: addresses,
        unit: "month",
        urns: [urn],
        serves: [],
      });
  }
  if (rules > 0) lines.push(...balancerLines(view.site, rules, [...clusters, ...services]));
  return { lines, unknown };
}

/** All public Services share one load balancer; each port of each is a rule of it, and the way out is one more. */
function balancerLines(site: string, rules: number, from: readonly { readonly urn: string }[]): readonly Draft[] {
  const line = { site, unit: "month", urns: from.map(({ urn }) => urn), serves: [] };
  const further = rules - INCLUDED_RULES;
  return [
    { ...line, what: `load balancer with its first ${INCLUDED_RULES} rules`, item: items.loadBalancer, quantity: 1 },
    ...(further > 0
      ? [
          {
            ...line,
            what: `${times(further, "rule")} of the load balancer, beyond ${INCLUDED_RULES}`,
            item: items.loadBalancerRule,
            quantity: further,
          },
        ]
      : []),
  ];
}

/**
 * Traffic is paid for by the gigabyte, and nothing declares how much flows in a month: only the peak is. What the peak
 * without a pause would cost is a ceiling, told and not summed.
 */
export function trafficUnknown(
  { site, system }: SiteView,
  normal: readonly CapacityOutcome[],
  prices: PriceTable | undefined,
): readonly string[] {
  const workload = valueOf(system.workload);
  const share = normal.find((one) => one.site === site);
  if (!workload || !share)
    return [`${site}: traffic to the internet: neither the load of a month nor this site's share of the peak is known`];
  const gigabytes = (share.uplink.needed / 8 / 1e9) * HOURS_PER_MONTH * 3600;
  const each = [items.egress, items.loadBalancerData].map((item) => prices?.items[item]);
  const sum = each.reduce<number | undefined>(
    (total, price) => (total === undefined || price === undefined ? undefined : total + price),
    0,
  );
  const ceiling =
    sum === undefined
      ? `(${items.egress} and ${items.loadBalancerData} price it)`
      : `and cost ${Math.ceil(gigabytes * sum)} ${prices?.currency ?? ""}`;
  const { replicationBits } = loadOf(workload);
  const standbys = system.postgres.filter(
    (cluster) => valueOf(cluster.sourceSite) === site && cluster.site !== site,
  ).length;
  const replication =
    standbys === 0 ? "" : `, ${((replicationBits * standbys) / 1e6).toFixed(1)} Mbit/s of it to the standby`;
  return [
    `${site}: traffic to the internet: how much flows in a month is not declared; the peak of R1-R3 ` +
      `(${(share.uplink.needed / 1e6).toFixed(1)} Mbit/s here${replication}) without a pause would be ${Math.round(gigabytes)} GB at most ${ceiling}`,
  ];
}
