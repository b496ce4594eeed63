import type { AddressRecord, System } from "../../resilience/system.ts";

/** A site's share of the clients, as the public name's answers give it. */
export function shareText(system: System, site: string): string {
  const targets = publicRecord(system)?.targets ?? [];
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const own = targets.filter((target) => target.site === site).reduce((sum, { weight }) => sum + weight, 0);
  return total > 0 ? `${Math.round((100 * own) / total)} % of the clients` : "share of the clients unknown";
}

/** The record by which clients find the platform: the one that leads to most sites. */
function publicRecord({ nameServers }: System): AddressRecord | undefined {
  const records = nameServers.flatMap((server) => server.records);
  const breadth = ({ targets }: AddressRecord): number => new Set(targets.map(({ site }) => site)).size;
  return [...records].sort((a, b) => breadth(b) - breadth(a))[0];
}

/** How clients find a living site: how long resolvers keep an answer, and how often the sites are checked. */
export function recordText(system: System): string {
  const record = publicRecord(system);
  if (!record) return "no DNS record could be read";
  return `DNS, TTL ${record.ttl} s, ${record.check ? `sites checked every ${record.check.interval} s` : "static"}`;
}

/** Who answers for the names outside of the sites, and lives when they die; none where only the sites do. */
export function outsideAuthorities({ nameServers }: System): readonly string[] {
  return [
    ...new Set(
      nameServers
        .filter(({ runsOn }) => runsOn === "provider")
        .map(({ provider }) => `name service of ${provider ?? "a provider"}`),
    ),
  ];
}
